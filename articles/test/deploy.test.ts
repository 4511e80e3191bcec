import { fileURLToPath } from "node:url";
import { metrics } from "narthex";
import { dashboard, rules } from "narthex/generate";
import { collectRuntime } from "narthex/runtime";
import { expectQueries } from "narthex/testing";
import { expect, test } from "vitest";
import { measurePool } from "../src/database-metrics.ts";
import { openApp, openEmptyStore } from "./open-app.ts";

const inDeploy = (path: string) => fileURLToPath(new URL(`../../deploy/${path}`, import.meta.url));
const DASHBOARD = inDeploy("grafana/articles.json");
const RULES = inDeploy("rules.yml");

/** Labels with more values than 20 are summed up in a dashboard. */
const MANY = 21;

// `npm run generate` writes the files.
test("deploy/ has the dashboard and the rules of the service, and their queries fit its metrics", async () => {
  const store = await openEmptyStore();
  measurePool(store);
  collectRuntime(metrics);
  const app = await openApp(store);
  for (let i = 0; i < MANY; i++) {
    const payload = { title: "Fennel", body: "It carries fire.", author: "Prometheus" };
    const remoteAddress = `192.0.2.${i}`;
    await app.inject({ method: "POST", url: "/articles", payload, remoteAddress });
  }
  const board = JSON.stringify(dashboard(metrics, { title: "Articles" }), undefined, 2);
  await expect.soft(`${board}\n`).toMatchFileSnapshot(DASHBOARD);
  await expect.soft(rules(metrics, { job: "app-metrics" })).toMatchFileSnapshot(RULES);
  await expectQueries(metrics, [DASHBOARD, RULES]);
});
