import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parse as parseYaml } from "yaml";
import { repository } from "../../scripts/repository.mjs";
import type { Dashboard, Panel } from "../../src/generate/dashboard/grafana.ts";
import { realServer } from "../real-servers.ts";
import { Articles } from "./articles-under-load.ts";

const DASHBOARD = join(repository, "deploy/grafana/articles.json");
const RULES = join(repository, "deploy/rules.yml");

/** Empty, as the service has no streams. */
const OF_STREAMS = /http_stream_duration_seconds/;

const prometheus = await realServer("prometheus");

describe.skipIf(!prometheus)(
  "a real Prometheus that scrapes the articles service under load",
  () => {
    let articles: Articles | undefined;
    let server: Awaited<ReturnType<Articles["scraped"]>>;
    let queries: { readonly place: string; readonly query: string }[];

    beforeAll(async () => {
      articles = await Articles.start();
      const text = readFileSync(RULES, "utf8");
      server = await articles.scraped(text);
      const board: Dashboard = JSON.parse(readFileSync(DASHBOARD, "utf8"));
      queries = [...queriesOf(board), ...queriesOfRules(text)];
    });
    afterAll(async () => {
      await server?.stop();
      await articles?.stop();
    });

    it("has something to answer", () => {
      expect(queries.length).toBeGreaterThan(60);
    });

    it("accepts every query of deploy/, and answers it with some series", async () => {
      await vi.waitFor(
        async () => {
          const empty = await Promise.all(
            queries.map(async ({ place, query }) => {
              const answer = await ask(server.url, query);
              const wanted = OF_STREAMS.test(query) ? "empty" : "some";
              return answer === wanted ? [] : [`${place}: ${answer}: ${query}`];
            }),
          );
          expect(empty.flat()).toEqual([]);
        },
        { timeout: 45_000, interval: 1_000 },
      );
    }, 60_000);

    it("evaluates all rules without a failure", async () => {
      const { data } = (await (await fetch(`${server.url}/api/v1/rules`)).json()) as {
        data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
      };
      const all = data.groups.flatMap((group) => group.rules);
      expect(all.length).toBeGreaterThan(25);
      expect(all.filter(({ health }) => health !== "ok")).toEqual([]);
    });
  },
);

/** What a panel asks, once Grafana has filled in its variables. */
function queriesOf(board: Dashboard) {
  const panels = board.panels.filter((panel): panel is Panel => panel.type !== "row");
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({ place: `panel ${title}`, query: filledIn(expr) })),
  );
}

function filledIn(query: string): string {
  return query.replaceAll("$__rate_interval", "20s").replaceAll(/\$(job|instance)\b/g, ".+");
}

interface RulesFile {
  readonly groups: { readonly rules: { record?: string; alert?: string; expr: string }[] }[];
}

/** The queries of rules; those of alerts without the limit, below which they are empty. */
function queriesOfRules(text: string) {
  const { groups } = parseYaml(text) as RulesFile;
  return groups.flatMap((group) =>
    group.rules.map(({ record, alert, expr }) => ({
      place: `rule ${record ?? alert}`,
      query: alert === undefined ? expr : expr.replaceAll(/ > [\d.]+$/gm, ""),
    })),
  );
}

async function ask(url: string, query: string): Promise<string> {
  const body = new URLSearchParams({ query });
  const response = await fetch(`${url}/api/v1/query`, { method: "POST", body });
  const { error, data } = (await response.json()) as {
    error?: string;
    data?: { result: unknown[] };
  };
  return error ?? (data!.result.length > 0 ? "some" : "empty");
}
