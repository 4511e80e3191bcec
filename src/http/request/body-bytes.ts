import type { Readable, Writable } from "node:stream";
import type { MeasuredRequest } from "./measured-request.ts";

/** Counts the bytes of both bodies: what came in, and what was handed to the connection. */
export function countBody(
  measured: MeasuredRequest,
  incoming: Readable,
  outgoing: Writable,
  /** A response that can't have a body: what is written for it is dropped. */
  dropsBody: () => boolean,
): void {
  const { push } = incoming;
  // The parser pushes what arrives, whether or not a handler reads it.
  incoming.push = (...args) => {
    measured.requestBytes += sizeOf(args);
    return Reflect.apply(push, incoming, args);
  };
  const counted =
    <Args extends unknown[], Result>(write: (...args: Args) => Result) =>
    (...args: Args): Result => {
      const isOpen = !outgoing.writableEnded && !outgoing.destroyed;
      if (isOpen && !dropsBody()) measured.responseBytes += sizeOf(args);
      return Reflect.apply(write, outgoing, args);
    };
  outgoing.write = counted(outgoing.write) as typeof outgoing.write;
  outgoing.end = counted(outgoing.end) as typeof outgoing.end;
}

/** The bytes of a chunk: the first argument of all who take one, before its encoding. */
function sizeOf([chunk, encoding]: readonly unknown[]): number {
  if (typeof chunk === "string") {
    return Buffer.byteLength(chunk, typeof encoding === "string" ? (encoding as "utf8") : "utf8");
  }
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}
