import { expect, test } from "vitest";
import type { HttpRequest } from "../http/request/http-request.ts";
import { readSettings } from "./environment.ts";

/** The settings in an environment, and what is said about them. */
function settingsIn(environment: Record<string, string>) {
  const said: string[] = [];
  const settings = readSettings(environment, (message) => said.push(message));
  return { ...settings, said };
}

function requestWith(authorization?: string): HttpRequest {
  return { header: () => authorization } as unknown as HttpRequest;
}

test("without variables everything is as documented", () => {
  const { authorize, ...settings } = settingsIn({});
  expect(settings).toEqual({
    isDisabled: false,
    port: 9464,
    host: "127.0.0.1",
    path: "/metrics",
    conventions: "prometheus",
    exclude: [],
    constantLabels: {},
    streamAfterSeconds: 10,
    runtime: true,
    outgoing: true,
    said: [],
  });
  expect(authorize(requestWith())).toBe(true);
});

test("each variable is read", () => {
  const { authorize, ...settings } = settingsIn({
    NARTHEX_DISABLED: "yes",
    NARTHEX_PORT: "0",
    NARTHEX_HOST: "::",
    NARTHEX_PATH: "/internal/metrics",
    NARTHEX_CONVENTIONS: "opentelemetry",
    NARTHEX_EXCLUDE: "/healthz, /ready,",
    NARTHEX_LABELS: "service=articles, zone=a=b,",
    NARTHEX_STREAM_AFTER_SECONDS: "0.5",
    NARTHEX_GROUP: "articles",
    NARTHEX_RUNTIME: "off",
    NARTHEX_OUTGOING: "False",
    NARTHEX_BEARER_TOKEN: " a secret\n",
  });
  expect(settings).toEqual({
    isDisabled: true,
    port: 0,
    host: "::",
    path: "/internal/metrics",
    conventions: "opentelemetry",
    exclude: ["/healthz", "/ready"],
    constantLabels: { service: "articles", zone: "a=b" },
    streamAfterSeconds: 0.5,
    group: "articles",
    runtime: false,
    outgoing: false,
    said: [],
  });
  expect(authorize(requestWith("Bearer a secret"))).toBe(true);
  expect(authorize(requestWith("Bearer another"))).toBe(false);
});

test("empty ones are as good as none", () => {
  const { port, exclude, runtime, said } = settingsIn({
    NARTHEX_PORT: "",
    NARTHEX_EXCLUDE: " ",
    NARTHEX_RUNTIME: " ",
  });
  expect({ port, exclude, runtime, said }).toEqual({
    port: 9464,
    exclude: [],
    runtime: true,
    said: [],
  });
});

test.each([
  ["NARTHEX_PORT", "metrics", "use a port from 0 to 65535. It is 9464 now"],
  ["NARTHEX_PORT", "65536", "use a port from 0 to 65535. It is 9464 now"],
  ["NARTHEX_PORT", "-1", "use a port from 0 to 65535. It is 9464 now"],
  ["NARTHEX_PORT", "9e3", "use a port from 0 to 65535. It is 9464 now"],
  ["NARTHEX_HOST", "http://0.0.0.0", "use an address of this machine. It is 127.0.0.1 now"],
  ["NARTHEX_HOST", "0.0.0.0:9464", "use an address of this machine. It is 127.0.0.1 now"],
  ["NARTHEX_PATH", "metrics", "begins with a slash, without a query. It is /metrics now"],
  ["NARTHEX_PATH", "/metrics?a", "begins with a slash, without a query. It is /metrics now"],
  ["NARTHEX_CONVENTIONS", "otel", "use prometheus or opentelemetry. It is prometheus now"],
  ["NARTHEX_STREAM_AFTER_SECONDS", "10s", "use a number of seconds from 0. It is 10 now"],
  ["NARTHEX_STREAM_AFTER_SECONDS", "-1", "use a number of seconds from 0. It is 10 now"],
  ["NARTHEX_STREAM_AFTER_SECONDS", "Infinity", "use a number of seconds from 0. It is 10 now"],
  ["NARTHEX_RUNTIME", "none", "use on or off. It is on now"],
  ["NARTHEX_OUTGOING", "2", "use on or off. It is on now"],
  ["NARTHEX_DISABLED", "perhaps", "use on or off. It is off now"],
])("%s=%s is said to be wrong, and the default stays", (name, value, advice) => {
  const { said, ...settings } = settingsIn({ [name]: value });
  expect(said).toEqual([expect.stringContaining(advice)]);
  expect(said[0]).toContain(`${name} is "${value}": `);
  const { said: _none, ...defaults } = settingsIn({});
  expect(JSON.stringify(settings)).toBe(JSON.stringify(defaults));
});

test("a variable that is misspelt is said to be unknown", () => {
  const { said, port } = settingsIn({ NARTHEX_PROT: "9465", NARTHEX_VERBOSE_LOGS: "on" });
  expect(port).toBe(9464);
  expect(said).toEqual([
    "NARTHEX_PROT is no setting of narthex/auto: did you mean NARTHEX_PORT?",
    expect.stringContaining(
      "NARTHEX_VERBOSE_LOGS is no setting of narthex/auto: there are NARTHEX_",
    ),
  ]);
});

test("what Kubernetes sets for a service of the same name is no setting", () => {
  const { said } = settingsIn({
    NARTHEX_SERVICE_HOST: "10.0.0.1",
    NARTHEX_SERVICE_PORT_HTTP: "80",
    NARTHEX_PORT_80_TCP_ADDR: "10.0.0.1",
  });
  expect(said).toEqual([]);
});

test("of a list, only what is wrong is left out", () => {
  const { exclude, said } = settingsIn({ NARTHEX_EXCLUDE: "/healthz,ready,/metrics?x" });
  expect(exclude).toEqual(["/healthz"]);
  expect(said).toEqual([
    expect.stringContaining('NARTHEX_EXCLUDE has "ready"'),
    expect.stringContaining('NARTHEX_EXCLUDE has "/metrics?x"'),
  ]);
});

test("of labels, those without a name or a value are left out", () => {
  const { constantLabels, said } = settingsIn({ NARTHEX_LABELS: "a=1,b,c=,=d,__e=f,2=g" });
  expect(constantLabels).toEqual({ a: "1" });
  expect(said).toHaveLength(5);
  expect(said[0]).toContain('NARTHEX_LABELS has "b": use name=value');
});

test("an empty token does not open the metrics to everyone", () => {
  const { authorize, said } = settingsIn({ NARTHEX_BEARER_TOKEN: "" });
  expect(authorize(requestWith())).toBe(false);
  expect(authorize(requestWith("Bearer "))).toBe(false);
  expect(said).toEqual([expect.stringContaining("NARTHEX_BEARER_TOKEN is empty")]);
});
