import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { inspect } from "node:util";
import { gunzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../../../test/listening.ts";
import { decodePage } from "../../../test/protobuf-page.ts";
import { thrown } from "../../../test/thrown.ts";
import { NarthexError } from "../../errors.ts";
import { basic as basicOfPages } from "../../http/index.ts";
import { metrics } from "../../registry/metrics.ts";
import { Registry } from "../../registry/registry.ts";
import { basic, bearer, Pushgateway, type PushgatewayOptions } from "./index.ts";

interface Pushed {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

/** A gateway that answers as a test wants. */
async function fakeGateway(answer: Answer = (response) => response.end()) {
  const pushed: Pushed[] = [];
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const body = await buffer(request).catch(() => Buffer.of());
    pushed.push({ method, url, headers, body });
    answer(response, request);
  });
  return { url: await listen(server), pushed };
}

function registryWith(labels: Record<string, string> = {}): Registry {
  const registry = new Registry();
  const files = { name: "files", help: "Files.", labels: Object.keys(labels) };
  registry.gauge(files).set(labels as never, 3);
  return registry;
}

const plain = () => {
  const registry = new Registry();
  registry.gauge({ name: "files", help: "Files." }).set(3);
  return registry;
};

function gatewayAt(url: string, options: Partial<PushgatewayOptions> = {}): Pushgateway {
  return new Pushgateway(url, { job: "backup", registry: plain(), timeoutMs: 2000, ...options });
}

async function failure(work: Promise<unknown>): Promise<NarthexError> {
  const error = await work.then(
    () => undefined,
    (error) => error,
  );
  expect(error).toBeInstanceOf(NarthexError);
  expect(error.code).toBe("NARTHEX_PUSH_FAILED");
  return error;
}

test("push replaces the group by PUT, add is a POST, and delete has no body", async () => {
  const { url, pushed } = await fakeGateway((response) => response.writeHead(202).end());
  const gateway = gatewayAt(`${url}//`, { grouping: { shard: "a/b" } });
  await gateway.push();
  await gateway.add();
  await gateway.delete();
  const path = "/metrics/job/backup/shard@base64/YS9i";
  expect(pushed.map(({ method, url }) => [method, url])).toEqual([
    ["PUT", path],
    ["POST", path],
    ["DELETE", path],
  ]);
  expect(pushed[0]!.headers["content-type"]).toBe(
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
  );
  expect(decodePage(pushed[0]!.body)).toMatchObject([{ name: "files", help: "Files." }]);
  expect(pushed[2]!.body.length).toBe(0);
});

test("the process-wide registry is the default, and a call may push another", async () => {
  const { url, pushed } = await fakeGateway();
  // Test files share a process, and with it this registry.
  onTestFinished(() => void metrics.unregister("backups"));
  metrics.counter({ name: "backups", help: "Backups." }).inc();
  const gateway = new Pushgateway(new URL(url), { job: "backup", format: "text" });
  await gateway.push();
  await gateway.add(plain());
  expect(String(pushed[0]!.body)).toContain("\nbackups_total 1\n");
  expect(String(pushed[1]!.body)).toBe("# HELP files Files.\n# TYPE files gauge\nfiles 3\n");
});

test("pages from 4 KiB on are compressed on demand", async () => {
  const { url, pushed } = await fakeGateway();
  const registry = registryWith({ path: "x".repeat(5000) });
  await gatewayAt(url, { registry, gzip: true, format: "text" }).push();
  await gatewayAt(url, { registry, format: "text" }).push();
  await gatewayAt(url, { gzip: true, format: "text" }).push();
  expect(pushed.map(({ headers }) => headers["content-encoding"])).toEqual([
    "gzip",
    undefined,
    undefined,
  ]);
  expect(gunzipSync(pushed[0]!.body)).toEqual(pushed[1]!.body);
});

describe("credentials", () => {
  const base64 = (text: string) => Buffer.from(text).toString("base64");

  test.each([
    [basic("ünï", "pass:word"), `Basic ${base64("ünï:pass:word")}`],
    [basic("", ""), `Basic ${base64(":")}`],
    [bearer("a-token.~+/="), "Bearer a-token.~+/="],
  ])("are sent (%#)", async (authorization, header) => {
    const { url, pushed } = await fakeGateway();
    const gateway = gatewayAt(url, { authorization });
    await gateway.push();
    await gateway.delete();
    expect(pushed.map(({ headers }) => headers.authorization)).toEqual([header, header]);
  });

  test("of the URL are sent, and shown nowhere", async () => {
    const { url, pushed } = await fakeGateway((response, { headers }) => {
      response.writeHead(401).end(`Who is ${headers.authorization} with se:cr%et?`);
    });
    const gateway = gatewayAt(url.replace("//", "//name:se%3Acr%et@"));
    const error = await failure(gateway.push());
    expect(pushed[0]!.headers.authorization).toBe(`Basic ${base64("name:se:cr%et")}`);
    expect(error.message).toBe(
      `push() to ${url}/metrics/job/backup failed: the server answered 401: Who is Basic … with …?: the option authorization is refused.`,
    );
    expect(inspect([error, gateway], { depth: 9, showHidden: true })).not.toMatch(/se(:|%3A)cr/);
  });

  test("can be printed without showing the secret", () => {
    const all = [basic("name", "secret"), bearer("secret"), gatewayAt("http://n:secret@h")];
    expect(inspect(all, { depth: 9 })).not.toMatch(/secret|bmFtZTp/);
    expect(JSON.stringify(all)).not.toMatch(/secret|bmFtZTp/);
  });

  test.each([
    [() => basic("a:b", "x"), 'basic() was given the name "a:b": use a name without a colon'],
    [() => basic(5 as never, "x"), "basic() was given 5 as the name: use"],
    [() => basic("a", undefined as never), "basic() was given undefined as the password: use"],
    [() => basic("a", "secret\n"), "was given a string of other characters as the password: use"],
    [() => bearer(""), "bearer() was given an empty string: use visible ASCII characters"],
    [() => bearer("se cret"), "bearer() was given a string of other characters: use visible"],
    [() => bearer(undefined as never), "bearer() was given undefined: use visible"],
  ])("that no header can have are refused (%#)", (make, message) => {
    const error = thrown(make);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("cret");
  });
});

describe("a gateway fails", () => {
  const local = (url: string) => `${url}/metrics/job/backup`;

  test("by its answer, which the error has", async () => {
    const { url } = await fakeGateway((response) => {
      response.writeHead(400).end("pushed metrics are\ninvalid:  no.\n");
    });
    expect((await failure(gatewayAt(url).push())).message).toBe(
      `push() to ${local(url)} failed: the server answered 400: pushed metrics are invalid: no.`,
    );
    expect((await failure(gatewayAt(url).delete())).message).toContain("delete() to http://");
  });

  test("with a status alone", async () => {
    const { url } = await fakeGateway((response) => response.writeHead(401).end());
    expect((await failure(gatewayAt(url).add())).message).toBe(
      `add() to ${local(url)} failed: the server answered 401: use the option authorization.`,
    );
  });

  test("with an answer that never ends, of which the error has the beginning", async () => {
    const { url } = await fakeGateway((response) => {
      response.writeHead(500);
      const write = () => {
        while (!response.destroyed && response.write("no ".repeat(10_000)));
        response.once("drain", write);
      };
      write();
    });
    const { message } = await failure(gatewayAt(url).push());
    expect(message).toMatch(/failed: the server answered 500: (no ){300,}/);
    expect(message.length).toBeLessThan(1200);
  });

  test.each([
    ["without an answer", (): void => {}, /no answer within 100 ms\.$/],
    [
      "within its answer",
      (response: ServerResponse) => response.writeHead(503).write("not now"),
      /answered 503: not now\.$/,
    ],
  ])("by hanging %s", async (_, answer, message) => {
    const { url } = await fakeGateway(answer);
    expect((await failure(gatewayAt(url, { timeoutMs: 100 }).push())).message).toMatch(message);
  });

  test("by cutting the connection, and by not being there", async () => {
    const { url } = await fakeGateway((response) => response.destroy());
    expect((await failure(gatewayAt(url).push())).message).toMatch(/failed: other side closed\.$/);
    const server = createServer();
    const gone = await listen(server);
    await once(server.close(), "close");
    const error = await failure(gatewayAt(gone).push());
    expect(error.message).toMatch(/failed: connect ECONNREFUSED 127\.0\.0\.1:\d+\.$/);
    expect(error.cause).toBeInstanceOf(Error);
  });

  test("by a redirect, which is not followed", async () => {
    const other = await fakeGateway();
    const { url } = await fakeGateway((response) => {
      response.writeHead(302, { location: `${other.url}/login?token=secret` }).end();
    });
    const { message } = await failure(gatewayAt(url, { authorization: bearer("abc") }).push());
    expect(message).toContain(`the server answered 302: it redirects to ${other.url}/login, and`);
    expect(other.pushed).toEqual([]);
  });

  test("not if it takes the metrics, and then does not end its answer", async () => {
    const { url } = await fakeGateway((response) => response.writeHead(200).write("ok"));
    await gatewayAt(url).push();
  });
});

test("a collect callback that hangs costs its family, and not the push", async () => {
  const { url, pushed } = await fakeGateway();
  const registry = plain();
  registry.gauge({ name: "hangs", help: "…", collect: () => new Promise(() => {}) });
  await gatewayAt(url, { registry, timeoutMs: 100 }).push();
  expect(decodePage(pushed[0]!.body)).toContainEqual(expect.objectContaining({ name: "files" }));
});

test("requests go through a function of the user's", async () => {
  const urls: unknown[] = [];
  const fetch = async (url: unknown) => {
    urls.push(url);
    return new Response();
  };
  await gatewayAt("http://gateway", { fetch }).push();
  expect(urls).toEqual(["http://gateway/metrics/job/backup"]);
});

describe("labels of the group", () => {
  test.each(["job", "shard"])("are not those of metrics, with another value: %s", async (name) => {
    const { url, pushed } = await fakeGateway();
    const registry = new Registry();
    registry.register(registryWith({ [name]: "mail" }));
    const gateway = gatewayAt(url, { registry, grouping: { shard: "a" } });
    const value = name === "job" ? "backup" : "a";
    expect((await failure(gateway.push())).message).toMatch(
      `failed: metric "files" has a label ${name} with the value "mail", and the gateway would make that "${value}", as for the whole group: give the label another name, or set replaceLabels.`,
    );
    expect(pushed).toEqual([]);
  });

  test("may be replaced by the gateway, if that is wanted", async () => {
    const { url, pushed } = await fakeGateway();
    const registry = registryWith({ job: "mail" });
    await gatewayAt(url, { registry, replaceLabels: true }).push();
    expect(pushed.length).toBe(1);
  });

  test("may be those of metrics with the same value", async () => {
    const { url, pushed } = await fakeGateway();
    const registry = new Registry({ labels: { job: "backup" } });
    const sizes = registry.histogram({ name: "sizes", help: "…", labels: ["kind"], native: true });
    sizes.observe({ kind: "x".repeat(300) }, 1e300);
    await gatewayAt(url, { registry }).push();
    expect(pushed.length).toBe(1);
  });
});

describe("wrong arguments are refused", () => {
  const url = "http://127.0.0.1:9091";
  const make = (url: unknown, options: unknown) =>
    thrown(() => new Pushgateway(url as string, options as PushgatewayOptions)).message;

  test.each([
    [undefined, "undefined: use an http or https URL"],
    ["", '"": use an http'],
    ["127.0.0.1:9091", '"127.0.0.1:9091": use an http'],
    [
      "localhost:9091",
      '"localhost:9091": use an http or https URL, as in "http://127.0.0.1:9091".',
    ],
    ["ftp://name:secret@host", '"…@host": use an http'],
    ["name:secret@host", '"…@host": use an http'],
    ["http://name:secret@host:port", '"…@host:port": use an http'],
    ["http://h/?a=b", '"http://h/?a=b": leave out what follows its path'],
    ["http://h/metrics", '"http://h/metrics": leave out /metrics'],
    ["http://h/x/metrics/job/a", '"http://h/x/metrics/job/a": leave out /metrics and what'],
  ])("as the URL: %s", (wrong, message) => {
    const all = make(wrong, { job: "backup" });
    expect(all).toContain(`Pushgateway: option url is ${message}`);
    expect(all).not.toContain("secret");
  });

  test.each([
    [undefined, "Pushgateway: the options are undefined"],
    [{}, "option job is undefined: use the name of what runs"],
    [{ job: "" }, 'option job is "": use the name of what runs, as in { job: "backup" }.'],
    [{ job: "\ud800" }, "option job is"],
    [{ jobName: "a" }, 'there is no option "jobName": use job.'],
    [{ job: "a", grouping: ["b"] }, "option grouping is an array: use an object"],
    [{ job: "a", grouping: { job: "b" } }, 'option grouping is "job": use the option job.'],
    [{ job: "a", grouping: { "a-b": "c" } }, 'option grouping is "a-b": name labels by letters'],
    [{ job: "a", grouping: { __name__: "c" } }, 'option grouping is "__name__": name labels by'],
    [{ job: "a", grouping: { "": "c" } }, 'option grouping is "": name labels by'],
    [{ job: "a", grouping: { b: undefined } }, "option grouping.b is undefined: use a string, a"],
    [{ job: "a", grouping: { b: "\udc00" } }, "option grouping.b is"],
    [{ job: "a", registry: {} }, "option registry is an object: pass a registry."],
    [{ job: "a", timeoutMs: 0 }, "option timeoutMs is 0: use milliseconds from 1 to 2147483647."],
    [{ job: "a", timeoutMs: Number.NaN }, "option timeoutMs is NaN"],
    [{ job: "a", timeoutMs: 2 ** 31 }, "option timeoutMs is 2147483648"],
    [{ job: "a", gzip: "yes" }, 'option gzip is "yes": use true or false.'],
    [{ job: "a", replaceLabels: 1 }, "option replaceLabels is 1: use true or false."],
    [{ job: "a", format: "json" }, 'option format is "json": use "protobuf" or "text".'],
    [{ job: "a", fetch: 5 }, "option fetch is 5: use a function like fetch."],
    [{ job: "a", authorization: "secret" }, "given a string as the option authorization: use"],
    [
      { job: "a", authorization: basicOfPages({ a: "secret" }) },
      "Pushgateway was given a function as the option authorization: use basic(name, password) or bearer(token) of narthex/pushgateway.",
    ],
  ])("as an option: %j", (options, message) => {
    const all = make(url, options);
    expect(all).toContain(message);
    expect(all).not.toContain("secret");
  });

  test("as two credentials", () => {
    const authorization = bearer("token");
    expect(make("http://name:secret@h", { job: "a", authorization })).toBe(
      'Pushgateway: option url is "…@h": it has credentials, and so has the option authorization: use one of them.',
    );
  });
});
