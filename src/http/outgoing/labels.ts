import type { ServerLabels } from "./host-labels.ts";

/** The labels that metrics of outgoing requests can have, by the names that options call them. */
export type OutgoingLabel =
  | "method"
  /** `example.com`, `127.0.0.1:8080`: as the request gives it, without the default port. */
  | "host"
  | "server_address"
  | "server_port"
  /** `http` or `https` */
  | "scheme"
  | "status_code"
  /** Why it failed; empty for a request that did not. */
  | "error";

/** What labels are computed from. */
export interface LabelFacts {
  readonly method: string;
  readonly server: ServerLabels;
  readonly status: string;
  readonly error: string;
}

export const OUTGOING_LABELS: {
  readonly [Label in OutgoingLabel]: (facts: LabelFacts) => string;
} = {
  method: ({ method }) => method,
  host: ({ server }) => server.host,
  server_address: ({ server }) => server.address,
  server_port: ({ server }) => server.port,
  scheme: ({ server }) => server.scheme,
  status_code: ({ status }) => status,
  error: ({ error }) => error,
};
