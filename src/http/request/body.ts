/** Who wants to know what becomes of a body. */
export interface BodyWatcher {
  /** The server took so many bytes of it, to send them. */
  take(bytes: number): void;
  /** It was one piece, and the server has it. */
  takeWhole(bytes: number): void;
  finish(): void;
  /** Its source failed. */
  fail(): void;
  /** The server does not want the rest: its client has left. */
  cancel(): void;
}

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;
type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

/** Bodies that are one piece take up to three turns of the microtask queue on Node. */
const TURNS_OF_WHOLE_BODY = 8;

/**
 * The same response, telling what becomes of its body. One whose body is there at once is not made a
 * stream, as its server would no longer know the length.
 */
export async function watchBody(
  response: Response,
  body: Body,
  watcher: BodyWatcher,
): Promise<Response> {
  const reader = body.getReader();
  const first = reader.read();
  const piece = await atOnce(first);
  if (piece === undefined) return new Response(passOn([first], reader, watcher), response);
  const second = piece.done ? first : reader.read();
  if (!(await atOnce(second))?.done) {
    return new Response(passOn([first, second], reader, watcher), response);
  }
  const whole = piece.value ?? new Uint8Array();
  watcher.takeWhole(whole.byteLength);
  return new Response(whole, response);
}

/** What a promise holds now, or in a moment that takes no time; undefined if that is not to come. */
async function atOnce<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  let value: Value | undefined;
  promise.then(
    (settled) => {
      value = settled;
    },
    () => {},
  );
  for (let turn = 0; turn < TURNS_OF_WHOLE_BODY && value === undefined; turn += 1) await undefined;
  return value;
}

/** A body's pieces as they are asked for, so that its source is never ahead of its reader. */
function passOn(
  begun: ReturnType<Reader["read"]>[],
  reader: Reader,
  watcher: BodyWatcher,
): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await (begun.shift() ?? reader.read());
          if (done) {
            watcher.finish();
            controller.close();
          } else {
            watcher.take(value.byteLength);
            controller.enqueue(value);
          }
        } catch (error) {
          watcher.fail();
          throw error;
        }
      },
      cancel(reason) {
        watcher.cancel();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
