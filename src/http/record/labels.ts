import type { LabelValue } from "../../instruments/definition/labels.ts";
import type { StandardLabel } from "../options.ts";
import type { Outcome, StreamKind } from "../request/outcome.ts";

/** What labels are computed from. */
export interface LabelFacts {
  readonly method: string;
  readonly scheme: string;
  readonly protocolVersion: string;
  readonly route: string;
  /** 0 where there was no status. */
  readonly status: number;
  readonly outcome: Outcome;
  readonly kind: StreamKind | undefined;
  readonly customLabels: readonly LabelValue[];
}

export type LabelSource = (facts: LabelFacts) => LabelValue;

export const STANDARD_LABELS: { readonly [Label in StandardLabel]: LabelSource } = {
  method: ({ method }) => method,
  route: ({ route }) => route,
  status_code: ({ status }) => (status === 0 ? "" : status),
  outcome: ({ outcome }) => outcome,
  kind: ({ kind }) => kind ?? "",
  scheme: ({ scheme }) => scheme,
  protocol_version: ({ protocolVersion }) => protocolVersion,
  error_type: errorType,
};

/** An error by OpenTelemetry's semantic conventions: a 4xx is the client's error, not the server's. */
function errorType({ outcome, status }: LabelFacts): string {
  if (outcome === "ok" || outcome === "client_error" || outcome === "upgraded") return "";
  return outcome === "server_error" ? String(status) : outcome;
}
