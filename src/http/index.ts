export { basic, bearer } from "./authorize.ts";
export type { HttpRequest } from "./http-request.ts";
export type { Authorize, HttpMetricsOptions, MonitorOptions } from "./options.ts";
export { measureOutgoing } from "./outgoing/measure-outgoing.ts";
export type { OutgoingLabel } from "./outgoing/outgoing-labels.ts";
export type {
  OutgoingHistogramOptions,
  OutgoingMetricOptions,
  OutgoingMetricsChoice,
  OutgoingMetricsOptions,
  OutgoingRequestFacts,
} from "./outgoing/outgoing-options.ts";
