export type { Authorize, HttpMetricsOptions, MonitorOptions } from "./options.ts";
export type { OutgoingLabel } from "./outgoing/labels.ts";
export { measureOutgoing } from "./outgoing/measure-outgoing.ts";
export type {
  OutgoingHistogramOptions,
  OutgoingMetricOptions,
  OutgoingMetricsChoice,
  OutgoingMetricsOptions,
  OutgoingRequestFacts,
} from "./outgoing/options.ts";
export { anyOf, basic, bearer } from "./page/authorize.ts";
export type { HttpRequest } from "./request/http-request.ts";
