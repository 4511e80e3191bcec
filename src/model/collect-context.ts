/** What something is told that is read at scrape time. */
export interface CollectContext {
  /** Aborted when the scrape's deadline has passed; what comes later is not used. */
  readonly signal: AbortSignal;
}
