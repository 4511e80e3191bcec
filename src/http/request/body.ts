import type { Readable, Writable } from "node:stream";
import type { MeasuredRequest } from "./measured-request.ts";

/** Counts the bytes of both bodies: those that came in, and those that were handed to the connection. */
export function countBody(
  measured: MeasuredRequest,
  incoming: Readable,
  outgoing: Writable,
  /** Whether the response can't have a body, so that Node drops what is written for it. */
  dropsBody: () => boolean,
): void {
  const { push } = incoming;
  // Node's parser pushes what arrives, whether or not a handler reads it.
  incoming.push = (...args) => {
    measured.requestBytes += sizeOf(args);
    return Reflect.apply(push, incoming, args);
  };
  const { write, end } = outgoing;
  const count = (args: readonly unknown[]) => {
    const isOpen = !outgoing.writableEnded && !outgoing.destroyed;
    if (isOpen && !dropsBody()) measured.responseBytes += sizeOf(args);
  };
  outgoing.write = ((...args: unknown[]) => {
    count(args);
    return Reflect.apply(write, outgoing, args);
  }) as typeof write;
  outgoing.end = ((...args: unknown[]) => {
    count(args);
    return Reflect.apply(end, outgoing, args);
  }) as typeof end;
}

/** The bytes of a piece of a body, from the arguments of a method that takes it and its encoding. */
function sizeOf([piece, encoding]: readonly unknown[]): number {
  if (typeof piece === "string") {
    return Buffer.byteLength(piece, typeof encoding === "string" ? (encoding as "utf8") : "utf8");
  }
  return piece instanceof Uint8Array ? piece.byteLength : 0;
}

/** Is told what becomes of a body. */
export interface BodyTap {
  /** The server took a piece of so many bytes, to send it. */
  take(bytes: number): void;
  /** The whole body was one piece, and the server has it. */
  takeWhole(bytes: number): void;
  /** The server took the last piece. */
  finish(): void;
  /** The source of the body failed. */
  fail(): void;
  /** The client has left, so the server does not want the rest. */
  cancel(): void;
}

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;
type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

/**
 * The same response, which tells `tap` what becomes of its body. A body of one piece, such as a string,
 * stays one, because a server does not know the length of a stream. Such a body can be read within one
 * turn of the event loop; the headers of a stream wait for that turn.
 */
export async function tapBody(response: Response, body: Body, tap: BodyTap): Promise<Response> {
  const reader = body.getReader();
  const begun = [reader.read(), reader.read()];
  const pieces = await Promise.race([Promise.all(begun).catch(() => undefined), nextTurn()]);
  if (!pieces?.[1]?.done) return new Response(passOn(begun, reader, tap), response);
  const whole = pieces[0]?.value ?? new Uint8Array();
  tap.takeWhole(whole.byteLength);
  return new Response(whole, response);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Passes on a body's pieces as they are asked for, so that the source does not run ahead. */
function passOn(
  begun: ReturnType<Reader["read"]>[],
  reader: Reader,
  tap: BodyTap,
): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await (begun.shift() ?? reader.read());
          if (done) {
            tap.finish();
            controller.close();
          } else {
            tap.take(value.byteLength);
            controller.enqueue(value);
          }
        } catch (error) {
          tap.fail();
          throw error;
        }
      },
      cancel(reason) {
        tap.cancel();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
