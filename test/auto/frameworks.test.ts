import { once } from "node:events";
import { connect } from "node:http2";
import { request } from "node:https";
import type { ConnectionOptions } from "node:tls";
import { expect, test } from "vitest";
import { requestCounts } from "../contracts/counts.ts";
import { AutoProcess, patient } from "./auto-process.ts";

const frameworks = [
  "express.mjs",
  "express.cjs",
  "express4.mjs",
  "express4.cjs",
  "fastify.mjs",
  "fastify.cjs",
  "koa.mjs",
  "koa.cjs",
  "hono.mjs",
  "hono.cjs",
  "nest-express.mjs",
  "nest-fastify.mjs",
];

test.each(frameworks)("%s: its routes are recognised", async (server) => {
  const app = new AutoProcess([server]);
  const url = await app.url();
  for (const id of [1, 2, 3]) expect((await fetch(`${url}/api/users/${id}`)).status).toBe(200);
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
  await expectCounts(app, {
    "GET /api/users/:id 200 ok": 3,
    "GET _unmatched 404 client_error": 1,
  });
  expect(app.stdout).toBe(`${url}\n`);
  expect(app.stderr).toBe(`narthex: metrics on ${await app.metricsUrl()}\n`);
});

test.each(["http.mjs", "http.cjs"])(
  "%s: a server without a framework is measured",
  async (server) => {
    const app = new AutoProcess([server]);
    expect((await fetch(await app.url())).status).toBe(200);
    await expectCounts(app, { "GET _unmatched 200 ok": 1 });
  },
);

test("https.mjs: a server of https is measured", async () => {
  const app = new AutoProcess(["https.mjs"]);
  const { port } = new URL(await app.url());
  const tls: ConnectionOptions = {
    ciphers: "PSK",
    maxVersion: "TLSv1.2",
    pskCallback: () => ({ psk: Buffer.from("a secret"), identity: "test" }),
    checkServerIdentity: () => undefined,
  };
  const sent = request({ ...tls, port, agent: false }).end();
  const [response] = await once(sent, "response");
  await once(response.resume(), "end");
  await expectCounts(app, { "GET _unmatched 200 ok": 1 });
});

test("http2.mjs: a server of http2 is measured", async () => {
  const app = new AutoProcess(["http2.mjs"]);
  const session = connect(await app.url());
  const streams = ["/one", "/two"].map((path) => session.request({ ":path": path }).resume());
  await Promise.all(streams.map((stream) => once(stream, "close")));
  session.close();
  await expectCounts(app, { "GET _unmatched 200 ok": 2 });
});

async function expectCounts(app: AutoProcess, counts: Record<string, number>): Promise<void> {
  await expect.poll(async () => requestCounts(await app.page()), patient).toEqual(counts);
}
