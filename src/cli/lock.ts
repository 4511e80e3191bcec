import { type Command, count, harmless, JSON_OPTION, textOption } from "./command.ts";
import { readText, writeText } from "./files.ts";
import { difference, lockText } from "./lock-text.ts";
import { PAGE_HELP, PAGE_OPTIONS, readPage } from "./page.ts";

export const lock: Command = {
  summary: "writes names, types, labels and buckets into metrics.lock, or compares them with it",
  help: `Usage: narthex lock [options] URL|FILE

Writes what queries depend on into a file that belongs into the repository. With --check it compares
instead: exit code 1 if a metric, a label or a bucket has come or gone.

${PAGE_HELP}
  --check             compare, and write nothing
  --file FILE         the file (default metrics.lock)
  --json              the differences as JSON

Examples:
  narthex lock http://localhost:5000/metrics
  narthex lock --check http://localhost:5000/metrics`,
  options: {
    ...PAGE_OPTIONS,
    ...JSON_OPTION,
    check: { type: "boolean" },
    file: { type: "string" },
  },
  takes: [1, 1],
  async run(given) {
    const { positionals, values, output } = given;
    const file = textOption(given, "file") ?? "metrics.lock";
    const { families } = await readPage(given, positionals[0]!);
    const now = lockText(families);
    if (!values.check) {
      await writeText(file, now);
      if (values.json) output.json({ file, metrics: difference("", now).added.length });
      else output.line(`${file}: ${count(difference("", now).added.length, "metric")}`);
      return 0;
    }
    const { gone, added } = difference(await readText(file), now);
    if (values.json) output.json({ file, gone, added });
    for (const line of values.json ? [] : gone) output.line(output.red(`- ${harmless(line)}`));
    for (const line of values.json ? [] : added) output.line(output.green(`+ ${harmless(line)}`));
    const isSame = gone.length + added.length === 0;
    if (!values.json) {
      output.line(
        isSame ? `${file} is up to date` : `${file} differs: write it anew with narthex lock`,
      );
    }
    return isSame ? 0 : 1;
  },
};
