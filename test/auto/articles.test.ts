import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { requestCounts } from "../contracts/counts.ts";
import { parseTextPage } from "../text-page.ts";
import { AutoProcess, patient } from "./auto-process.ts";

const service = join(import.meta.dirname, "../../articles/dist/main.js");

test("the articles service runs as ever, and counts its requests once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "narthex-auto-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const database = `file:${join(folder, "articles.db")}`;
  const app = new AutoProcess([service], { PORT: "0", DATABASE_URL: database, LOG_LEVEL: "fatal" });
  const { origin } = new URL(await app.url());
  for (const path of ["/articles", "/articles?limit=1", "/nothing"]) await fetch(origin + path);
  const expected = { "GET /articles 200 ok": 2, "GET _unmatched 404 client_error": 1 };
  await expect.poll(async () => requestCounts(await app.page()), patient).toEqual(expected);
  const itsOwn = await (await fetch(`${origin}/metrics`)).text();
  expect(requestCounts(parseTextPage(itsOwn))).toEqual(expected);
  app.send("SIGTERM");
  expect(await app.ended).toBe(0);
  expect(app.stderr).toMatch(/^narthex: metrics on .*\n$/);
});
