import { show } from "../../live/values.ts";
import { type Given, harmless } from "../command.ts";
import { withoutCredentials } from "../page.ts";
import { Readings, type WatchedFamily } from "./readings.ts";
import { longest } from "./table.ts";
import { Target, type WatchSettings } from "./target.ts";
import { fitted } from "./text-width.ts";

/**
 * Writes what is read as lines, for whatever is no terminal.
 *
 * @returns the exit code: 2 if there was no page at the last
 */
export async function watchInLines(given: Given, settings: WatchSettings): Promise<number> {
  const { url, search, count = Number.POSITIVE_INFINITY } = settings;
  const readings = new Readings();
  const ending = new AbortController();
  let isFirst = true;
  let written = 0;
  let code = 0;
  for await (const attempt of new Target(given, settings).attempts(ending.signal)) {
    if ("page" in attempt) {
      readings.take(attempt.page, performance.now());
      // A rate needs two readings.
      if (!isFirst) writeReading(given, readings, search);
      written += isFirst ? 0 : 1;
      isFirst = false;
      code = 0;
    } else {
      readings.miss(performance.now());
      writeTrouble(given, withoutCredentials(url), attempt.trouble);
      written += 1;
      code = 2;
    }
    if (written >= count) ending.abort();
  }
  return code;
}

function writeReading({ values, output }: Given, readings: Readings, search: string): void {
  const time = new Date().toISOString();
  const shown = [...readings.families.values()].filter(({ name }) =>
    name.toLowerCase().includes(search.toLowerCase()),
  );
  const facts = shown.map((family) => factsOf(family, readings));
  if (values.json) {
    output.line(JSON.stringify({ time, families: facts }));
    return;
  }
  const width = longest(shown.map(({ name }) => harmless(name)));
  facts.forEach(({ now, p50, p95, p99 }, i) => {
    const { name, valueUnit, unit } = shown[i]!;
    const quantiles = Object.entries({ p50, p95, p99 })
      .filter(([, value]) => value !== undefined)
      .map(([quantile, value]) => `  ${quantile} ${show(value, unit)}`);
    const value = show(now, valueUnit);
    output.line(`${time}  ${fitted(harmless(name), width)}  ${value}${quantiles.join("")}`);
  });
}

function factsOf({ name, family, size, whole, isFacts }: WatchedFamily, readings: Readings) {
  const points = readings.points(Number.POSITIVE_INFINITY);
  const [p50, p95, p99] = whole.quantiles(points) ?? [];
  const now = isFacts ? null : (whole.past(points).at(-1) ?? null);
  return { name, type: family.type, series: size, now, p50, p95, p99 };
}

function writeTrouble({ values, output }: Given, url: string, trouble: string): void {
  if (values.json) output.line(JSON.stringify({ time: new Date().toISOString(), trouble }));
  else process.stderr.write(`narthex: ${url}: ${trouble}.\n`);
}
