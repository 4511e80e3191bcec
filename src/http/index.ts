export { basic, bearer } from "./authorize.ts";
export type { HttpRequest } from "./http-request.ts";
export type { Authorize, HttpMetricsOptions, MonitorOptions } from "./options.ts";
