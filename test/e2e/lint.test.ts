import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { post, startService } from "../../articles/test/service.ts";
import { temporaryFolder } from "../../articles/test/temporary-folder.ts";
import { realServer } from "../real-servers.ts";

const promtool = await realServer("promtool");

/** Complaints of promtool about names that we can't change. */
const KNOWN = [
  // Dashboards made for prom-client use this name for a gauge.
  'nodejs_active_resources_total non-counter metrics should not have "_total" suffix',
];

describe.skipIf(!promtool)("promtool check metrics", () => {
  test("finds only known problems on the service's page", async () => {
    const database = `file:${join(temporaryFolder(), "articles.db")}`;
    const service = await startService({ DATABASE_URL: database, LOG_LEVEL: "warn" });
    await fetch(service.url);
    await post(service, { title: 'A "title"\nof two lines 🗿', body: "…" });
    await fetch(`${service.url}/nope`);
    const page = await (await fetch(`${service.url}/metrics`)).text();
    expect(findings(page)).toEqual(KNOWN);
  });
});

function findings(page: string): string[] {
  try {
    execFileSync(promtool!, ["check", "metrics"], { input: page, stdio: "pipe" });
    return [];
  } catch (error) {
    const { stderr, status } = error as { stderr: Buffer; status: number };
    if (status !== 3) throw new Error(`The page has syntax errors: ${stderr}`);
    return stderr.toString().trim().split("\n");
  }
}
