#!/usr/bin/env node
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { NarthexError } from "../errors.ts";
import { nearMiss } from "../near-miss.ts";
import { check } from "./check.ts";
import { type Command, CommandError, harmless, Output } from "./command.ts";
import { convert } from "./convert.ts";
import { diff } from "./diff.ts";
import { dashboard, rules } from "./generate.ts";
import { lock } from "./lock.ts";
import { verify } from "./verify.ts";
import { watch } from "./watch/watch.ts";

const COMMANDS: Readonly<Record<string, Command>> = {
  check,
  watch,
  diff,
  convert,
  dashboard,
  rules,
  verify,
  lock,
};

const HELP = `Usage: narthex COMMAND [options]

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join("\n")}

narthex COMMAND --help tells more, with examples; narthex --version tells the version.
Exit codes: 0 all is well, 1 something was found, 2 wrong arguments, or a page that can't be read.`;

// Whoever reads our output may have read enough, such as head.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
  process.stderr.write(`narthex: the output can't be written: ${error.message}.\n`);
  process.exit(2);
});

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const isExpected = error instanceof CommandError || error instanceof NarthexError;
    process.stderr.write(
      `narthex: ${harmless(isExpected ? error.message : String((error as Error).stack))}\n`,
    );
    process.exitCode = 2;
  },
);

async function main([name, ...args]: readonly string[]): Promise<number> {
  const output = new Output();
  if (name === "help" && args.length > 0) return main([...args, "--help"]);
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    output.line(HELP);
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-v") {
    output.line(version());
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const meant = nearMiss(name, Object.keys(COMMANDS));
    const end = meant === undefined ? "narthex --help lists them." : `Did you mean ${meant}?`;
    throw new CommandError(`there is no command ${JSON.stringify(name)}. ${end}`);
  }
  const { values, positionals } = parsed(name, command, args);
  if (values.help) {
    output.line(command.help);
    return 0;
  }
  const [least, most] = command.takes;
  if (positionals.length < least || positionals.length > most) {
    const wanted = least === most ? String(least) : `at least ${least}`;
    const given = `${name} was given ${positionals.length} arguments, and takes ${wanted}`;
    throw new CommandError(`${given}. narthex ${name} --help shows examples.`);
  }
  return command.run({ positionals, values, output });
}

function version(): string {
  const manifest: { readonly version: string } = createRequire(import.meta.url)(
    "narthex/package.json",
  );
  return manifest.version;
}

function parsed(name: string, { options }: Command, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { ...options, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
  } catch (error) {
    const [reason] = (error as Error).message.split(". ");
    throw new CommandError(`${reason}. narthex ${name} --help lists the options.`);
  }
}
