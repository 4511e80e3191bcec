export { measureOutgoing } from "./measure-outgoing.ts";
export type { OutgoingLabel } from "./outgoing-labels.ts";
export type {
  OutgoingHistogramOptions,
  OutgoingMetricOptions,
  OutgoingMetricsChoice,
  OutgoingMetricsOptions,
  OutgoingRequestFacts,
} from "./outgoing-options.ts";
