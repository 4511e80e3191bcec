import { readFileSync } from "node:fs";
import { join } from "node:path";
import real from "prom-client";
import { expect, test } from "vitest";
import facade from "../../src/compat/prom-client/index.ts";
import successor from "../../src/compat/prometheus-io-client/index.ts";
import { differences, outcome } from "./differences.ts";

test.each(differences)("$what", async (difference) => {
  const { before, here, inExactText } = difference;
  expect(before === here && difference.successor === here).toBe(false);
  expect(await outcome(difference, real)).toBe(before);
  expect(await outcome(difference, facade)).toBe(here);
  expect(await outcome(difference, successor)).toBe(here);
  expect((await outcome(difference, facade, true)) === before).toBe(
    inExactText === true || before === here,
  );
});

test("the guide has this table", () => {
  const guide = readFileSync(join(import.meta.dirname, "../../docs/prom-client.md"), "utf8");
  const rows = differences.map(({ what, before, successor, here, why, inExactText }) => {
    const same = inExactText ? " As before with `exactText`." : "";
    return `| ${what} | ${code(before)} | ${code(successor)} | ${code(here)} | ${why}${same} |`;
  });
  for (const row of rows) expect(guide).toContain(`\n${row}\n`);
  expect(guide.match(/^\| .*\|$/gm)).toHaveLength(rows.length + 1);
});

function code(text: string): string {
  return `\`${text}\``;
}
