import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { vectors } from "../../test/conformance/vectors.ts";
import type { FormatName } from "./formats.ts";
import { negotiate } from "./negotiate.ts";

const PROTOBUF =
  "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

/** Format and escaping, in short. */
function chosen(accept: string | undefined): string {
  const { format, escaping } = negotiate(accept);
  return `${format} ${escaping}`;
}

const found = vectors<{ readonly accept: Readonly<Record<string, string>> }>(
  "prometheus_accept_headers",
);

describe.runIf(found)("what Prometheus sends", () => {
  it.each(Object.entries(found?.accept ?? {}))("%s", (name, accept) => {
    const { format, escaping } = negotiate(accept);
    expect(format).toBe(/native/.test(name) ? "protobuf" : "openmetrics-1.0");
    // From 3.4 on the text formats alone say how to escape, and before 3.0 none does.
    const first = accept.split(",")[0] as string;
    const asked = /escaping=([a-z0-9-]+)/.exec(first)?.[1];
    expect(escaping).toBe(asked ?? "underscores");
  });

  it.each(Object.entries(found?.accept ?? {}))("%s, without its favourites", (_, accept) => {
    const clauses = accept.split(",");
    const rest = (type: string) => clauses.filter((clause) => !clause.includes(type)).join(",");
    expect(negotiate(rest("protobuf")).format).toBe("openmetrics-1.0");
    const text = clauses.filter((clause) => /^text|^\*/.test(clause)).join(",");
    expect(negotiate(text).format).toBe(
      text.includes("version=1.0.0") ? "text-1.0.0" : "text-0.0.4",
    );
    expect(negotiate(clauses.at(-1)).format).toBe("text-0.0.4");
  });
});

test.each<[string | undefined, FormatName]>([
  [undefined, "text-0.0.4"],
  ["", "text-0.0.4"],
  ["*/*", "text-0.0.4"],
  ["text/*", "text-0.0.4"],
  ["text/plain", "text-0.0.4"],
  ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text-0.0.4"],
  ["text/plain;version=0.0.3", "text-0.0.4"],
  ["text/plain;version=1.0.0", "text-1.0.0"],
  ["application/openmetrics-text", "openmetrics-1.0"],
  ["application/openmetrics-text;version=0.0.1", "openmetrics-1.0"],
  ["application/openmetrics-text;version=3.0.0", "text-0.0.4"],
  ["application/openmetrics-text;version=2.0.0", "openmetrics-2.0"],
  [PROTOBUF, "protobuf"],
  [PROTOBUF.replace("delimited", "text"), "text-0.0.4"],
  [PROTOBUF.replace("io.prometheus.client", "other"), "text-0.0.4"],
  ["application/vnd.google.protobuf", "text-0.0.4"],
])("%s is answered with %s", (accept, format) => {
  expect(negotiate(accept).format).toBe(format);
});

test("the content type says what the page is", () => {
  const escaped = ";escaping=values";
  expect(negotiate(undefined).contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(negotiate(`text/plain;version=1.0.0${escaped}`).contentType).toBe(
    "text/plain; version=1.0.0; charset=utf-8; escaping=values",
  );
  expect(negotiate(`application/openmetrics-text;version=1.0.0${escaped}`).contentType).toBe(
    "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=values",
  );
  expect(negotiate(`application/openmetrics-text;version=2.0.0${escaped}`).contentType).toBe(
    "application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=values",
  );
  expect(negotiate(PROTOBUF).contentType).toBe(
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
  );
});

test("the highest q wins, and the first of equals", () => {
  const text = "text/plain;version=1.0.0";
  const open = "application/openmetrics-text;version=1.0.0";
  expect(negotiate(`${text};q=0.3,${open};q=0.5`).format).toBe("openmetrics-1.0");
  expect(negotiate(`${text},${open};q=0.5`).format).toBe("text-1.0.0");
  expect(negotiate(`${text};q=0.5,${open};q=0.5`).format).toBe("text-1.0.0");
  expect(negotiate(`${open},${text}`).format).toBe("openmetrics-1.0");
  expect(negotiate(`*/*;q=0.9,${open};q=0.5`).format).toBe("text-0.0.4");
  expect(negotiate(`${open};q=0.001,${text};q=0.0001`).format).toBe("openmetrics-1.0");
});

test("q=0 refuses a format; a q that is no number counts as none", () => {
  expect(negotiate(`${PROTOBUF};q=0,text/plain;version=1.0.0;q=0.1`).format).toBe("text-1.0.0");
  expect(negotiate(`${PROTOBUF};q=0.0`).format).toBe("text-0.0.4");
  expect(negotiate(`${PROTOBUF};q=-1`).format).toBe("text-0.0.4");
  expect(negotiate(`text/plain;version=1.0.0;q=0.9,${PROTOBUF};q=high`).format).toBe("protobuf");
  expect(negotiate(`text/plain;version=1.0.0,${PROTOBUF};q=7`).format).toBe("text-1.0.0");
});

test("escaping is taken where it is one of the four, and underscores otherwise", () => {
  expect(chosen("text/plain;version=1.0.0;escaping=allow-utf-8")).toBe("text-1.0.0 allow-utf-8");
  expect(chosen("text/plain;version=1.0.0;escaping=none")).toBe("text-1.0.0 underscores");
  expect(chosen("text/plain;version=1.0.0;escaping=constructor")).toBe("text-1.0.0 underscores");
  expect(chosen("text/plain;version=1.0.0")).toBe("text-1.0.0 underscores");
  expect(chosen(`${PROTOBUF};escaping=dots`)).toBe("protobuf dots");
  expect(chosen("text/plain;version=0.0.4;escaping=values")).toBe("text-0.0.4 values");
  expect(chosen("text/plain;version=0.0.4;escaping=allow-utf-8")).toBe("text-0.0.4 underscores");
});

test("spelling does not matter: case, spaces, quotes, duplicates, empty parts", () => {
  const wanted = "text-1.0.0 allow-utf-8";
  expect(chosen("TEXT/Plain;VERSION=1.0.0;Escaping=Allow-UTF-8")).toBe(wanted);
  expect(chosen(" text / plain ;\tversion = 1.0.0 ; escaping=allow-utf-8 ")).toBe(wanted);
  expect(chosen('text/plain;version="1.0.0";escaping="allow-utf-8";x="a,b;c\\"d"')).toBe(wanted);
  expect(chosen(",,;;,text/plain;;version=1.0.0;;escaping=allow-utf-8;")).toBe(wanted);
  expect(chosen("text/plain;version=1.0.0;escaping=allow-utf-8;escaping=allow-utf-8")).toBe(wanted);
  expect(chosen(PROTOBUF.toUpperCase())).toBe("protobuf underscores");
});

test("a comma inside quotes is no end of a clause", () => {
  expect(negotiate(`text/html;x=",${PROTOBUF},"`).format).toBe("text-0.0.4");
});

const pieces = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    ...['"', "\\", ",", ";", "=", "/", " ", "*/*", "q=", "0", "1.5", "version=", "1.0.0", "2.0.0"],
    ...["text/plain", "application/openmetrics-text", "escaping=", "dots", "__proto__", PROTOBUF],
  ),
);

test("every header, whatever it holds, gets one of the formats", () => {
  const types: Readonly<Record<FormatName, RegExp>> = {
    "text-0.0.4": /^text\/plain; version=0\.0\.4; charset=utf-8$/,
    "text-1.0.0": /^text\/plain; version=1\.0\.0; charset=utf-8; escaping=/,
    "openmetrics-1.0": /^application\/openmetrics-text; version=1\.0\.0; .*escaping=/,
    "openmetrics-2.0": /^application\/openmetrics-text; version=2\.0\.0; .*escaping=/,
    protobuf: /^application\/vnd\.google\.protobuf; .*encoding=delimited$/,
  };
  fc.assert(
    fc.property(fc.array(pieces), (parts) => {
      const { format, escaping, contentType } = negotiate(parts.join(""));
      expect(contentType).toMatch(types[format]);
      expect(["allow-utf-8", "underscores", "dots", "values"]).toContain(escaping);
      if (contentType.includes("escaping=")) expect(contentType).toContain(`=${escaping}`);
    }),
    { numRuns: 1000 },
  );
});

test("a very long header takes time in proportion to its length", () => {
  const patterns = [",", ";", '"', "\\", "=", " ", 'a="\\', "text/plain;q=1,", ";q=0;", '";"'];
  for (const pattern of patterns) {
    const header = pattern.repeat(Math.ceil(300_000 / pattern.length));
    // With time in proportion to the square of the length this would take minutes.
    expect(negotiate(header).format).toBe("text-0.0.4");
  }
});
