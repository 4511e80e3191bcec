import { Hono } from "hono";
import { stream, streamSSE } from "hono/streaming";
import { validator } from "hono/validator";
import { httpMetrics } from "../../../src/http/hono/index.ts";
import type { HttpMetricsOptions } from "../../../src/http/options.ts";
import { BIG_BYTES, big, dripping, events, failing, PLAIN, sizeOf } from "../bodies.ts";

/** The contract's routes on Hono, whatever server there is below. */
export function honoApp(calls: readonly HttpMetricsOptions[]): Hono {
  const app = new Hono();
  for (const options of calls) app.use(httpMetrics(options));
  app.onError((error, c) => ("getResponse" in error ? error.getResponse() : c.text("broken", 500)));
  app.use(async (c, next) => (c.req.header("x-refused") ? c.body(null, 401) : next()));
  app.get("/plain", (c) => c.text(PLAIN, 200, { "content-length": String(PLAIN.length) }));
  app.route("/api", new Hono().route("/v1", v1()));
  app.get("/files/*", (c) => c.text("a file"));
  const json = validator("json", (value) => value);
  app.post("/echo", json, (c) => c.json(c.req.valid("json")));
  app.get("/throws", () => {
    throw new Error("The handler of /throws throws.");
  });
  app.get("/rejects", async () => {
    throw new Error("The promise of /rejects is rejected.");
  });
  app.get("/silent", () => new Promise(() => {}));
  app.get("/stream", (c) =>
    stream(c, async (out) => {
      for await (const piece of dripping()) await out.write(piece);
    }),
  );
  app.get("/events", (c) =>
    streamSSE(c, async (out) => {
      for await (const event of events()) {
        if (out.aborted) break;
        await out.write(event);
      }
    }),
  );
  app.get("/fails", (c) => c.body(ReadableStream.from(failing())));
  app.get("/big", (c) =>
    c.body(ReadableStream.from(big()), 200, { "content-length": String(BIG_BYTES) }),
  );
  app.post("/upload", async (c) => c.text(String(await sizeOf(c.req.raw.body ?? empty()))));
  return app;
}

function v1(): Hono {
  const users = new Hono().basePath("/users/:userId");
  users.get("/posts/:postId", (c) => c.text(`${c.req.param("userId")} ${c.req.param("postId")}`));
  users.get("/broken", () => {
    throw new Error("The handler of /broken throws.");
  });
  return users;
}

async function* empty(): AsyncGenerator<Uint8Array> {}
