/** How a request ended. */
export type Outcome =
  | "ok"
  | "client_error"
  | "server_error"
  /** The connection closed before the headers of the response were sent. */
  | "aborted"
  /** The client left after the headers, before the end of the response. */
  | "aborted_response"
  /** The server broke the response off after the headers, for example because its source failed. */
  | "failed_response"
  /** The connection was handed over to another protocol. */
  | "upgraded"
  /** Node refused the request, for example because it could not be parsed. No handler saw it. */
  | "rejected";

/** What kind of stream a response was, if it was one. */
export type StreamKind = "stream" | "event_stream" | "upgrade";

/** The outcome of a response that was sent completely. */
export function outcomeOfStatus(status: number): Outcome {
  if (status >= 500) return "server_error";
  return status >= 400 ? "client_error" : "ok";
}

/** Whether a `Content-Type` is the one of event streams. */
export function isEventStream(contentType: unknown): boolean {
  return /^\s*text\/event-stream/i.test(String(contentType));
}
