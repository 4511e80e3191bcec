import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

const defaults = {
  port: 5000,
  host: "127.0.0.1",
  workers: 1,
  database: { kind: "file", path: "./data/articles.db" },
  logLevel: "info",
  logFormat: undefined,
  trustProxy: false,
  metricsToken: undefined,
  docsToken: undefined,
  rateLimit: undefined,
  shutdownDelayMs: 500,
};

test("needs none, and takes an empty one for none", () => {
  expect(readSettings({})).toEqual(defaults);
  const empty = { PORT: "", HOST: "", DATABASE_URL: "", LOG_LEVEL: "", TRUST_PROXY: "" };
  expect(readSettings(empty)).toEqual(defaults);
  expect(readSettings({ LOG_FORMAT: "", RATE_LIMIT: "" })).toEqual(defaults);
});

test("reads each of them", () => {
  const settings = readSettings({
    PORT: "0",
    HOST: "::1",
    WORKERS: "4",
    DATABASE_URL: "postgres://a:p%40ss@db:5432/articles?sslmode=require",
    LOG_LEVEL: "silent",
    LOG_FORMAT: "pretty",
    TRUST_PROXY: "true",
    METRICS_TOKEN: "0a-._~+/==",
    DOCS_TOKEN: "b",
    RATE_LIMIT: "60",
    SHUTDOWN_DELAY_MS: "0",
  });
  expect(settings).toEqual({
    port: 0,
    host: "::1",
    workers: 4,
    database: { kind: "postgres", url: "postgres://a:p%40ss@db:5432/articles?sslmode=require" },
    logLevel: "silent",
    logFormat: "pretty",
    trustProxy: true,
    metricsToken: "0a-._~+/==",
    docsToken: "b",
    rateLimit: 60,
    shutdownDelayMs: 0,
  });
});

test.each([
  ["file:articles.db", "articles.db"],
  ["file:../a b.db", "../a b.db"],
  ["file:/var/lib/articles.db", "/var/lib/articles.db"],
  ["file:///var/lib/a b.db", "/var/lib/a b.db"],
  ["sqlite:./articles.db", "./articles.db"],
  ["sqlite:///var/lib/articles.db", "/var/lib/articles.db"],
])("finds the file of %s", (url, path) => {
  expect(readSettings({ DATABASE_URL: url }).database).toEqual({ kind: "file", path });
});

test.each(["postgres://db/a", "postgresql://a@db/a", "postgres:///a?host=/run/postgresql"])(
  "takes %s for PostgreSQL",
  (url) => {
    expect(readSettings({ DATABASE_URL: url }).database).toEqual({ kind: "postgres", url });
  },
);

test("RATE_LIMIT=0 is no limit, which is not the default", () => {
  expect(readSettings({ RATE_LIMIT: "0" })).toEqual({ ...defaults, rateLimit: 0 });
});

test("WORKERS=auto is one process for each processor", () => {
  expect(readSettings({ WORKERS: "auto" }).workers).toBe(availableParallelism());
});

test("lists the proxies to trust", () => {
  const TRUST_PROXY = "loopback, 10.0.0.0/8,192.0.2.7,2001:db8::/32";
  const trustProxy = ["loopback", "10.0.0.0/8", "192.0.2.7", "2001:db8::/32"];
  expect(readSettings({ TRUST_PROXY })).toEqual({ ...defaults, trustProxy });
});

test.each([
  ["PORT", "http"],
  ["PORT", "65536"],
  ["PORT", "-1"],
  ["PORT", "5000.5"],
  ["PORT", " 5000"],
  ["WORKERS", "0"],
  ["WORKERS", "129"],
  ["WORKERS", "all"],
  ["SHUTDOWN_DELAY_MS", "1s"],
  ["SHUTDOWN_DELAY_MS", "-1"],
  ["LOG_LEVEL", "INFO"],
  ["LOG_LEVEL", "verbose"],
  ["LOG_FORMAT", "text"],
  ["RATE_LIMIT", "10/s"],
  ["RATE_LIMIT", "-1"],
  ["TRUST_PROXY", "yes"],
  ["TRUST_PROXY", "10.0.0.0/33"],
  ["TRUST_PROXY", "10.0.0.0/"],
  ["TRUST_PROXY", "0.0.0.0/0"],
  ["TRUST_PROXY", "10.0.0.0/8/8"],
  ["TRUST_PROXY", "loopback,,10.0.0.1"],
])("refuses %s=%s in one line that says what to use", (name, value) => {
  expect(() => readSettings({ [name]: value })).toThrow(
    new RegExp(`^${name}=${value}[^\\n]*: use [^\\n]+$`.replaceAll(".", "\\.")),
  );
});

test.each([
  "mysql://root:hunter2@db/articles",
  "postgres://articles:hunter2#@@db:port/articles",
  "postgres://articles:1/hunter2@db/articles",
  "file:",
  "file://hunter2/articles.db",
  "hunter2",
  "./articles.db",
  ":hunter2:",
  "file:./hunter2.db?mode=ro",
  "file:./hunter2.db#x",
  "sqlite:/hunter2.db?cache=shared",
  "file::memory:",
])("refuses DATABASE_URL=%s without showing what may be a password", (url) => {
  const read = () => readSettings({ DATABASE_URL: url });
  expect(read).toThrow(/^DATABASE_URL=[^\n]*… is not a database: use postgres:\/\/[^\n]+$/);
  expect(read).not.toThrow("hunter2");
});

test.each(["METRICS_TOKEN", "DOCS_TOKEN"])(
  "refuses a %s that no header could carry, without showing it",
  (name) => {
    for (const token of ["hunter2 x", "hunter2\n", "hünter2"]) {
      const read = () => readSettings({ [name]: token });
      expect(read).toThrow(new RegExp(`^${name}=… is not a token: use `));
      expect(read).not.toThrow("nter2");
    }
  },
);
