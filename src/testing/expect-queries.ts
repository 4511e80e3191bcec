import { readFile } from "node:fs/promises";
import { show, wrongArgument } from "../errors.ts";
import type { FamilySource } from "../model/metric-family.ts";
import { knownOptions, type OptionNames } from "../options.ts";
import { AssertionError } from "./read-samples.ts";

/** The options of `expectQueries`. */
export interface QueryOptions {
  /** Labels that the server adds, besides `job` and `instance`. */
  readonly targetLabels?: readonly string[] | undefined;
}

const OPTIONS: OptionNames<QueryOptions> = { targetLabels: true };

/**
 * Fails if a query in files of Prometheus's rules or dashboards of Grafana does not fit the metrics: if it
 * asks for a metric, a label or a value that is not there, or takes a counter without its rate. Of a
 * registry, families without series count, too, with any values of their labels.
 *
 * @param files their paths
 * @throws (rejects) AssertionError with each query that does not fit, and why; NarthexError `NARTHEX_OPTION_INVALID` if an
 * argument is wrong, and the error of the file system if a file can't be read
 * @example
 * await expectQueries(registry, []);
 */
export async function expectQueries(
  source: FamilySource,
  files: readonly string[],
  options: QueryOptions = {},
): Promise<void> {
  const { targetLabels = [] } = knownOptions("expectQueries", options, OPTIONS);
  // The parsers are only loaded where there are queries to parse.
  const { verifyQueries } = await import("../queries/verify.ts");
  const families = typeof source?.families === "function" ? source.families() : source?.families;
  if (!Array.isArray(families)) {
    const rule = "pass a registry, or what parse() of narthex/parse gives";
    throw wrongArgument("expectQueries()", show(source), rule);
  }
  if (!Array.isArray(files)) {
    const rule = 'pass an array of their paths, as in ["deploy/rules.yml"]';
    throw wrongArgument("expectQueries()", `${show(files)} as the files`, rule);
  }
  const texts = await Promise.all(
    files.map(async (path) => ({ path, text: await readFile(path, "utf8") })),
  );
  const { faults } = verifyQueries(families, texts, targetLabels);
  if (faults.length === 0) return;
  const lines = faults.map(({ place, reason, query }) =>
    query === "" ? `${place}: ${reason}` : `${place}: ${reason}\n    ${query}`,
  );
  throw new AssertionError(`The queries do not fit the metrics:\n\n${lines.join("\n")}\n`);
}
