import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import { nextArticleId } from "../src/article-id.ts";
import { BODY_LIMIT } from "../src/json-body.ts";
import type { Article } from "../src/store/article-store.ts";
import { draftArbitrary } from "./draft-arbitrary.ts";
import { openApp } from "./open-app.ts";

const { id: unknownId } = nextArticleId();
const json = { "content-type": "application/json" };
const good = { title: "a", body: "b" };

/** The request, its status, and what the problem must mention. */
type Case = [name: string, body: string | Uint8Array<ArrayBuffer>, status: number, named: string[]];

const fields = (name: string, draft: object, ...named: string[]): Case => [
  name,
  JSON.stringify(draft),
  400,
  named,
];

const badBodies: Case[] = [
  ["broken JSON", '{"title": "a", "body": ', 400, []],
  ["something after the JSON", '{"title": "a", "body": "b"} x', 400, []],
  ["an empty body", "", 400, []],
  ["bytes that are not UTF-8", Buffer.from('{"title": "\xff", "body": "b"}', "latin1"), 400, []],
  ["a prototype", '{"title": "a", "body": "b", "__proto__": {}}', 400, []],
  ["10 MB", JSON.stringify({ ...good, body: "x".repeat(10_000_000) }), 413, []],
  ["one byte too many", JSON.stringify(good).padEnd(BODY_LIMIT + 1), 413, []],
  ["a list", "[]", 400, ["the body"]],
  ["null", "null", 400, ["the body"]],
  ["a string", '"title"', 400, ["the body"]],
  fields("nothing", {}, "title", "body"),
  fields("no title", { body: "b" }, "title"),
  fields("a number for a title", { ...good, title: 1 }, "title"),
  fields("null for a body", { ...good, body: null }, "body"),
  fields("null for an author", { ...good, author: null }, "author"),
  fields("a list for an author", { ...good, author: ["a"] }, "author"),
  fields("an empty title", { ...good, title: "" }, "title"),
  fields("a title of white space", { ...good, title: " \n\t\u00a0\u3000" }, "title"),
  fields("a title of 201 characters", { ...good, title: "🦊".repeat(201) }, "title"),
  fields("a title of 201 accents", { ...good, title: `a${"\u0301".repeat(200)}` }, "title"),
  fields("an author of 201 characters", { ...good, author: "x".repeat(201) }, "author"),
  fields("an unknown field", { ...good, tags: [] }, "tags"),
  fields("an id", { ...good, id: unknownId }, "id"),
  fields(
    "two unknown fields and a wrong one",
    { ...good, x: 1, "y/~z": 2, body: 3 },
    "x",
    "y/~z",
    "body",
  ),
  fields("NUL", { ...good, title: "a\0b" }, "title"),
  fields("half a surrogate pair", { ...good, body: "a\ud83e" }, "body"),
];

test.each(badBodies)("POST and PUT refuse %s", async (_, body, status, named) => {
  const { send, stored } = await serve();
  const { article } = await send("POST", "/articles", good);
  for (const [method, path] of [
    ["POST", "/articles"],
    ["PUT", `/articles/${article.id}`],
  ] as const) {
    const { problem } = await send(method, path, body);
    expect(problem.status).toBe(status);
    expect(problem.errors?.map(({ field }) => field) ?? []).toEqual(named);
    for (const field of named) expect(problem.detail).toContain(`${field} `);
  }
  expect(await stored()).toEqual([article]);
});

test("POST takes a body that is just not too large", async () => {
  const { send, stored } = await serve();
  const { article } = await send("POST", "/articles", JSON.stringify(good).padEnd(BODY_LIMIT));
  expect(await stored()).toEqual([article]);
});

test("names only the first of very many wrong fields, and cuts a long name short", async () => {
  const { send } = await serve();
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`field-${n}`, n]));
  const { problem } = await send("POST", "/articles", { ...good, ...many });
  expect(problem.errors!.length).toBeLessThan(20);
  const { problem: long } = await send("POST", "/articles", { ...good, ["x".repeat(10_000)]: 1 });
  expect(long.errors!.map(({ field }) => field)).toEqual([`${"x".repeat(100)}…`]);
});

test.each([
  ["text/plain", "a"],
  ["application/xml", "<a/>"],
  ["application/x-www-form-urlencoded", "title=a&body=b"],
  ["application/jsonp", JSON.stringify(good)],
  ["nonsense", JSON.stringify(good)],
])("refuses a body of the type %s", async (type, body) => {
  const { send, stored } = await serve();
  const { problem } = await send("POST", "/articles", body, { "content-type": type });
  expect(problem.status).toBe(415);
  expect(problem.detail).toContain("application/json");
  expect(await stored()).toEqual([]);
});

test.each([
  ["limit=0", "limit"],
  ["limit=101", "limit"],
  ["limit=-1", "limit"],
  ["limit=2.5", "limit"],
  ["limit=1e1", "limit"],
  ["limit=", "limit"],
  ["limit=ten", "limit"],
  ["limit=1&limit=2", "limit"],
  ["cursor=", "cursor"],
  ["cursor=nonsense", "cursor"],
  [`cursor=${unknownId}`, "cursor"],
  ["cursor=%00", "cursor"],
  ["author=", "author"],
  ["author=%00", "author"],
  ["autor=a", "autor"],
])("GET /articles?%s is refused", async (query, field) => {
  const { send } = await serve();
  const { problem } = await send("GET", `/articles?${query}`);
  expect(problem.status).toBe(400);
  expect(problem.errors).toEqual([{ field, reason: expect.any(String) }]);
  expect(problem.detail).toMatch(new RegExp(`^${field} \\S`));
});

test.each([
  unknownId,
  unknownId.toUpperCase(),
  "1",
  "x",
  "%00",
  "..%2f..%2fetc",
  "'; drop table articles; --",
  "9".repeat(500),
])("there is no article %s", async (id) => {
  const { send, stored } = await serve();
  const { article } = await send("POST", "/articles", good);
  for (const [method, body] of [["GET"], ["DELETE"], ["PUT", good]] as const) {
    const { problem } = await send(method, `/articles/${id}`, body);
    expect(problem.status).toBe(404);
  }
  expect(await stored()).toEqual([article]);
});

test("a path that is not properly encoded is refused", async () => {
  const { send } = await serve();
  expect((await send("GET", "/articles/%zz")).problem.status).toBe(400);
});

test.each([
  ["no HTTP", "HELO\r\n\r\n", 400],
  ["an unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  [
    "two lengths",
    "POST /articles HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    400,
  ],
  ["a header too large", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
])("%s is refused with a problem", async (_, bytes, status) => {
  const { url } = await serve();
  const socket = connect(Number(new URL(url).port), "127.0.0.1").setEncoding("utf8");
  let received = "";
  socket.on("data", (text) => {
    received += text;
  });
  socket.write(bytes);
  await once(socket, "close");
  expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(received).toContain("application/problem+json");
  expect(received).toContain(`"status":${status}`);
});

test("texts that no database could keep are refused, wherever they hide", async () => {
  const { send, stored } = await serve();
  const hidden = fc.tuple(
    draftArbitrary,
    fc.constantFrom("title", "body", "author"),
    fc.constantFrom("\0", "\ud800", "\udbff", "\udc00\ud800"),
    fc.string({ maxLength: 50 }),
  );
  const refuses = async ([draft, field, bad, rest]: typeof hidden extends fc.Arbitrary<infer T>
    ? T
    : never) => {
    const { problem } = await send("POST", "/articles", { ...draft, [field]: `.${rest}${bad}` });
    expect(problem.errors).toEqual([{ field, reason: expect.stringContaining("NUL") }]);
  };
  await fc.assert(fc.asyncProperty(hidden, refuses));
  expect(await stored()).toEqual([]);
});

interface Problem {
  status: number;
  detail: string;
  errors?: { field: string; reason: string }[];
}

/** The application on a real socket, with a function that sends requests. */
async function serve() {
  const app = await openApp();
  const url = await app.listen({ host: "127.0.0.1", port: 0 });

  /** Sends a request and checks that an error response is a complete problem document. */
  async function send(
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer> | object,
    headers: Record<string, string> = json,
  ) {
    const isBytes = typeof body === "string" || body instanceof Uint8Array;
    const content =
      body === undefined ? {} : { headers, body: isBytes ? body : JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, { method, ...content });
    const text = await response.text();
    const answer = text === "" ? undefined : JSON.parse(text);
    if (!response.ok) {
      expect(response.headers.get("content-type")).toContain("application/problem+json");
      expect(answer).toMatchObject({
        type: "about:blank",
        title: response.statusText,
        status: response.status,
        detail: expect.stringMatching(/\S/),
        instance: expect.stringMatching(/^urn:uuid:/),
      });
      expect(text).not.toMatch(/node_modules|\.ts:|\.js:/);
    }
    return { article: answer as Article, problem: answer as Problem };
  }

  async function stored(): Promise<Article[]> {
    return (await app.inject("/articles?limit=100")).json().items;
  }
  return { url, send, stored };
}
