import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { Registry } from "../../registry/registry.ts";
import { httpMetrics } from "../node/index.ts";
import type { Authorize } from "../options.ts";
import { anyOf, basic, bearer } from "./authorize.ts";

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function guarded(authorize: Authorize): Promise<string> {
  const server = createServer((_request, response) => response.end("the application"));
  httpMetrics(server, { registry: new Registry(), authorize });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stops.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function ask(url: string, authorization?: string): Promise<Response> {
  const headers = authorization === undefined ? {} : { authorization };
  return fetch(`${url}/metrics`, { headers });
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

test("bearer lets in who has one of the tokens", async () => {
  const url = await guarded(bearer("old-token", "new-token"));
  for (const header of ["Bearer new-token", "bearer old-token", "Bearer  new-token"]) {
    expect((await ask(url, header)).status).toBe(200);
  }
  for (const header of ["Bearer new-toke", "Bearer new-token2", "Basic new-token", "Bearer", ""]) {
    const refused = await ask(url, header);
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toBe("Bearer");
    expect(await refused.text()).toBe("Unauthorized.\n");
  }
  expect((await ask(url)).status).toBe(401);
  expect(await (await fetch(url)).text()).toBe("the application");
});

test("basic lets in who has a name and its password", async () => {
  const url = await guarded(basic({ prometheus: "pass:word", other: "ünï" }));
  for (const credentials of ["prometheus:pass:word", "other:ünï"]) {
    expect((await ask(url, `Basic ${base64(credentials)}`)).status).toBe(200);
  }
  for (const credentials of ["prometheus:ünï", "prometheus:", "other", ":"]) {
    const refused = await ask(url, `Basic ${base64(credentials)}`);
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toContain('Basic realm="metrics"');
  }
});

test("a predicate of one's own may be asynchronous, and lets nobody in while it fails", async () => {
  const byHeader = await guarded(async (request) => request.header("x-probe") === "yes");
  expect((await fetch(`${byHeader}/metrics`, { headers: { "x-probe": "yes" } })).status).toBe(200);
  const refused = await ask(byHeader);
  expect(refused.status).toBe(403);
  expect(refused.headers.has("www-authenticate")).toBe(false);
  const broken = await guarded(() => {
    throw new Error("broken");
  });
  expect((await ask(broken)).status).toBe(403);
  const truthy = await guarded((() => "yes") as never);
  expect((await ask(truthy)).status).toBe(403);
});

test.each([
  [() => bearer(), "bearer() was given no token: give at least one."],
  [() => bearer("ok", ""), "bearer() was given an empty string: use tokens that are strings"],
  [() => bearer(undefined as never), "bearer() was given undefined: use tokens that are strings"],
  [() => bearer(["secret"] as never), "bearer() was given an array: use tokens that are strings"],
  [() => basic({}), "basic() was given an empty object: use an object of names and passwords"],
  [() => basic({ name: "" }), 'basic() was given an empty string for the name "name": give each'],
  [() => basic({ name: 12_345 as never }), 'basic() was given a number for the name "name": give'],
  [
    () => basic({ "a:b": "secret" }),
    'basic() was given the name "a:b": use a name without a colon',
  ],
])("secrets that guard nothing are refused (%#)", (make, message) => {
  expect(make).toThrow(message);
});

test.each([
  [["admin", "secret"], "a string"],
  [[["secret"]], "an array"],
  [[new Map([["admin", "secret"]])], "an object"],
  [[() => "secret"], "a function"],
  [[null], "null"],
  [[], "undefined"],
])("basic takes nothing but an object of names and passwords (%#)", (given, shown) => {
  const make = () => (basic as (...given: unknown[]) => Authorize)(...given);
  const code = "NARTHEX_OPTION_INVALID";
  const message = `basic() was given ${shown}: use an object of names and passwords, as in basic({ prometheus: "…" }).`;
  expect(make).toThrow(expect.objectContaining({ code, message }));
});

test("anyOf lets in whom one of its checks lets in, and says all ways in", async () => {
  const later: Authorize = async (request) => request.header("x-late") === "yes";
  const url = await guarded(anyOf(bearer("token"), later, basic({ ada: "secret" })));
  for (const header of ["Bearer token", `Basic ${base64("ada:secret")}`]) {
    expect((await ask(url, header)).status).toBe(200);
  }
  expect((await fetch(`${url}/metrics`, { headers: { "x-late": "yes" } })).status).toBe(200);
  const refused = await ask(url, `Basic ${base64("ada:token")}`);
  expect(refused.status).toBe(401);
  expect(refused.headers.get("www-authenticate")).toBe(
    'Bearer, Basic realm="metrics", charset="UTF-8"',
  );
});

test("anyOf of checks without a way in refuses with 403; only true is a yes", async () => {
  const url = await guarded(anyOf(() => false, (() => "yes") as never));
  expect((await ask(url)).status).toBe(403);
});

test.each([
  [[], "anyOf() was given no check: give at least one."],
  [[undefined], "use functions, as in anyOf(bearer(…), basic(…))."],
])("anyOf refuses %j", (checks, message) => {
  expect(() => anyOf(...(checks as never[]))).toThrow(message);
});
