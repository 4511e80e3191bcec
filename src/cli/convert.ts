import { FORMATS, type FormatName } from "../exposition/formats.ts";
import { type Command, CommandError, textOption } from "./command.ts";
import { PAGE_HELP, PAGE_OPTIONS, readPage } from "./page.ts";

const NAMES: Readonly<Record<string, FormatName>> = {
  text: "text-0.0.4",
  "text-1": "text-1.0.0",
  openmetrics: "openmetrics-1.0",
  "openmetrics-2": "openmetrics-2.0",
  protobuf: "protobuf",
};

export const convert: Command = {
  summary: "writes a page in another format",
  help: `Usage: narthex convert --to FORMAT URL|FILE

Writes a page in another format to the standard output.

${PAGE_HELP}
  --to FORMAT         ${Object.keys(NAMES).join(", ")}

Examples:
  narthex convert --to openmetrics metrics.txt
  narthex convert --to protobuf http://localhost:5000/metrics > metrics.pb`,
  options: { ...PAGE_OPTIONS, to: { type: "string" } },
  takes: [1, 1],
  async run(given) {
    const to = textOption(given, "to") ?? "";
    const format = Object.hasOwn(NAMES, to) ? NAMES[to]! : undefined;
    if (format === undefined) {
      const known = Object.keys(NAMES).join(", ");
      throw new CommandError(`--to is ${JSON.stringify(to)}: use one of ${known}.`);
    }
    const page = await readPage(given, given.positionals[0]!);
    const escaping = to === "text" ? "underscores" : "allow-utf-8";
    const sink = await FORMATS[format].open({ escaping });
    for (const _ of page.visit(sink) ?? []);
    given.output.write(sink.finish());
    return 0;
  },
};
