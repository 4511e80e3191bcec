import { verifyQueries } from "../queries/verify.ts";
import {
  type Command,
  CommandError,
  count,
  harmless,
  JSON_OPTION,
  textOption,
  textsOption,
} from "./command.ts";
import { readText } from "./files.ts";
import { PAGE_HELP, PAGE_OPTIONS, readPage } from "./page.ts";

export const verify: Command = {
  summary: "finds queries of rules and dashboards that match nothing",
  help: `Usage: narthex verify --against URL|FILE RULES… DASHBOARDS…

Reads files of rules (YAML) and dashboards (JSON), and finds each query that asks for a metric, a label
or a value that the page does not have, or does with a metric what does not fit its type. Exit code 1 if
there is any.

${PAGE_HELP}
  --against URL|FILE  the page
  --label NAME        a label that the server adds besides job and instance; may be given several times
  --json              the faults as JSON

Examples:
  narthex verify rules.yml dashboard.json --against http://localhost:5000/metrics
  narthex verify rules.yml --against metrics.txt --label cluster
  narthex rules metrics.txt | narthex verify - --against metrics.txt`,
  options: {
    ...PAGE_OPTIONS,
    ...JSON_OPTION,
    against: { type: "string" },
    label: { type: "string", multiple: true },
  },
  takes: [1, Number.POSITIVE_INFINITY],
  async run(given) {
    const { positionals, values, output } = given;
    const against = textOption(given, "against");
    if (against === undefined) throw new CommandError("--against is missing: name the page.");
    const { families } = await readPage(given, against);
    const files = await Promise.all(
      positionals.map(async (path) => ({ path, text: await readText(path) })),
    );
    const { queries, faults } = verifyQueries(families, files, textsOption(given, "label"));
    if (values.json) output.json({ queries, faults });
    else {
      for (const { place, reason, query } of faults) {
        output.line(`${output.bold(harmless(place))}: ${harmless(reason)}`);
        if (query !== "") output.line(output.dim(`    ${harmless(query.replace(/\s+/g, " "))}`));
      }
      const summary = `${count(queries, "query")}, ${count(faults.length, "fault")}`;
      output.line(faults.length > 0 ? output.red(summary) : output.green(summary));
    }
    return faults.length > 0 ? 1 : 0;
  },
};
