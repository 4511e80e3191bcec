// The classes behind prom-client's declarations.

export { Counter } from "./counter.ts";
export { Gauge } from "./gauge.ts";
export { Histogram } from "./histogram.ts";
export { Pushgateway } from "./pushgateway.ts";
export { Registry } from "./registry.ts";
export { Summary } from "./summary.ts";
