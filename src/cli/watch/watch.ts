import { type Command, CommandError, type Given, JSON_OPTION, textOption } from "../command.ts";
import { HEADER_HELP, PAGE_OPTIONS } from "../page.ts";
import { watchInLines } from "./in-lines.ts";
import { watchOnScreen } from "./on-screen.ts";
import type { WatchSettings } from "./target.ts";

export const watch: Command = {
  summary: "shows a page live in the terminal: rates, quantiles, and how they were lately",
  help: `Usage: narthex watch [options] URL

Reads a page again and again. On a terminal it shows all families: rates of counters, values of gauges,
rates and quantiles of histograms. Enter opens a family, and shows its series. Elsewhere, or with --json
or --count, it writes lines: one for each family and reading.

Keys: arrows, page up and down, home and end choose; enter opens a family, and escape goes back; / searches;
s sorts by another column, and r the other way round; q quits.

URL is a page of metrics.
  --interval SECONDS  the time between two readings (default 2)
  --timeout SECONDS   how long a reading may take (default 10)
  --accept FORMAT     the format to ask for: openmetrics (default), text, openmetrics-2 or protobuf
${HEADER_HELP}
  --search TEXT       only families with this text in their names
  --count N           write N readings as lines, and end; exit code 2 if there was no page at the last
  --json              a line of JSON for each reading

Examples:
  narthex watch http://localhost:5000/metrics
  narthex watch --search http --count 3 http://localhost:5000/metrics`,
  options: {
    ...PAGE_OPTIONS,
    ...JSON_OPTION,
    interval: { type: "string" },
    search: { type: "string" },
    count: { type: "string" },
  },
  takes: [1, 1],
  async run(given) {
    const [url] = given.positionals as [string];
    if (!/^https?:\/\//i.test(url)) {
      throw new CommandError(
        `${url} can't be watched: use a URL, which begins with http:// or https://.`,
      );
    }
    const settings: WatchSettings = {
      url,
      seconds: intervalOf(given),
      search: textOption(given, "search") ?? "",
      count: countOf(given),
    };
    const isScreen = process.stdout.isTTY && process.env.TERM !== "dumb";
    const wantsLines = given.values.json === true || settings.count !== undefined;
    return isScreen && !wantsLines ? watchOnScreen(given, settings) : watchInLines(given, settings);
  },
};

function intervalOf(given: Given): number {
  const text = textOption(given, "interval") ?? "2";
  const seconds = Number(text);
  if (seconds >= 0.1 && seconds <= 3600) return seconds;
  throw new CommandError(`--interval is ${JSON.stringify(text)}: use seconds, from 0.1 to 3600.`);
}

function countOf(given: Given): number | undefined {
  const text = textOption(given, "count");
  if (text === undefined || /^[1-9]\d*$/.test(text))
    return text === undefined ? undefined : Number(text);
  throw new CommandError(`--count is ${JSON.stringify(text)}: use a whole number from 1.`);
}
