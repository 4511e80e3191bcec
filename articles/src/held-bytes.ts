import { type Readable, Transform } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { Problem } from "./problem.ts";

/** How many bytes of bodies and answers are kept at once, for clients that are slow to send or to read. */
const MAX_HELD_BYTES = 64 * 2 ** 20;

/** Refuses bodies and pages with 503 while those of other requests take too much memory. */
export function boundHeldBytes(app: FastifyInstance): void {
  let held = 0;

  const holding = (reply: FastifyReply) => {
    let own = 0;
    reply.raw.once("close", () => {
      held -= own;
    });
    return (bytes: number) => {
      own += bytes;
      held += bytes;
    };
  };

  app.addHook("preParsing", (_request, reply, payload, done) => {
    const body = payload as Readable;
    const counted = counting(body, holding(reply), () => held > MAX_HELD_BYTES);
    // After an early answer nobody reads the rest, and the connection would not see its end.
    reply.raw.once("finish", () => body.unpipe(counted).resume());
    done(null, counted);
  });

  app.addHook("onSend", async ({ method }, reply, payload) => {
    if (typeof payload !== "string" || reply.statusCode >= 400) return;
    // The answer to a write is sent in any case: it says that the article is stored.
    if (method === "GET" && held + payload.length > MAX_HELD_BYTES) throw tooBusy();
    holding(reply)(Buffer.byteLength(payload));
  });
}

function counting(body: Readable, hold: (bytes: number) => void, isFull: () => boolean): Transform {
  const counted = Object.assign(
    new Transform({
      transform(chunk: Buffer, _, done) {
        counted.receivedEncodedLength += chunk.length; // Fastify compares it with Content-Length.
        hold(chunk.length);
        done(isFull() ? tooBusy() : null, chunk);
      },
    }),
    { receivedEncodedLength: 0 },
  );
  body.once("error", (error) => counted.destroy(error));
  return body.pipe(counted);
}

function tooBusy(): Problem {
  return new Problem(503, "too much is being sent and received at the moment; try again later");
}
