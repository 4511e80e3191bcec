import { parse as parseYaml } from "yaml";
import { NarthexError } from "../errors.ts";
import type { ParsedPage } from "../exposition/parse/parsed-page.ts";
import { dashboard as dashboardOf } from "../generate/dashboard/dashboard.ts";
import { checkedObjectives, rules as rulesOf } from "../generate/rules/rules.ts";
import type { Objective } from "../model/objective.ts";
import { type Command, CommandError, type Given, JSON_OPTION, textOption } from "./command.ts";
import { readText } from "./files.ts";
import { PAGE_HELP, PAGE_OPTIONS, readPage } from "./page.ts";

const OPTIONS = { ...PAGE_OPTIONS, ...JSON_OPTION, objectives: { type: "string" } } as const;

const OBJECTIVES_HELP = `  --objectives FILE   service level objectives, as a list in YAML or JSON`;

export const dashboard: Command = {
  summary: "makes a dashboard for Grafana of a page",
  help: `Usage: narthex dashboard [options] URL|FILE

Writes a dashboard for Grafana 12 and later to the standard output.

${PAGE_HELP}
${OBJECTIVES_HELP}
  --title TITLE       what stands above it (default Service)
  --uid UID           by which Grafana knows it again

Examples:
  narthex dashboard --title Articles http://localhost:5000/metrics > dashboard.json
  narthex dashboard --objectives objectives.yml metrics.txt > dashboard.json`,
  options: { ...OPTIONS, title: { type: "string" }, uid: { type: "string" } },
  takes: [1, 1],
  async run(given) {
    const page = await readPage(given, given.positionals[0]!);
    const options = {
      objectives: await objectivesOf(given, page),
      title: textOption(given, "title"),
      uid: textOption(given, "uid"),
    };
    given.output.json(dashboardOf(page, options));
    return 0;
  },
};

export const rules: Command = {
  summary: "makes recording rules, and alerts for objectives, of a page",
  help: `Usage: narthex rules [options] URL|FILE

Writes a file of rules for Prometheus to the standard output.

${PAGE_HELP}
${OBJECTIVES_HELP}
  --job JOB           only the series of this job
  --json              the rules as JSON, which Prometheus reads as well

Examples:
  narthex rules http://localhost:5000/metrics > rules.yml
  narthex rules --objectives objectives.yml --job articles metrics.txt > rules.yml`,
  options: { ...OPTIONS, job: { type: "string" } },
  takes: [1, 1],
  async run(given) {
    const page = await readPage(given, given.positionals[0]!);
    const objectives = await objectivesOf(given, page);
    const text = rulesOf(page, { objectives, job: textOption(given, "job") });
    if (given.values.json) given.output.json(parseYaml(text));
    else given.output.write(text);
    return 0;
  },
};

async function objectivesOf(given: Given, page: ParsedPage): Promise<Objective[] | undefined> {
  const file = textOption(given, "objectives");
  if (file === undefined) return undefined;
  const content = readYaml(file, await readText(file));
  if (!Array.isArray(content)) {
    throw new CommandError(`${file}: there is no list of objectives in it.`);
  }
  try {
    return checkedObjectives("objectives", page, content);
  } catch (error) {
    if (!(error instanceof NarthexError)) throw error;
    throw new CommandError(`${file}: ${error.message}`);
  }
}

function readYaml(file: string, text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    const [reason] = (error as Error).message.split(/:?\n/);
    throw new CommandError(`${file}: ${reason}.`);
  }
}
