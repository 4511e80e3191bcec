/** One observation as an example: usually the id of the trace in which it was made. */
export interface Exemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** When it was observed, in seconds since the epoch; NaN where that is not known. */
  readonly timestamp: number;
}
