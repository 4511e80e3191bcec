import { invalidSetting, show } from "../../errors.ts";
import type { FamilySource } from "../../model/metric-family.ts";
import { checkedObjective, type Objective, type ObjectiveOptions } from "../../model/objective.ts";
import { knownOptions, type OptionNames } from "../../options.ts";
import { finderOf, metricsOf, objectivesOf } from "../source.ts";
import { burnRateGroup } from "./burn-rates.ts";
import { jobMatchers, recordingGroups } from "./recordings.ts";
import { rulesFile } from "./yaml.ts";

/** The options of `rules`. */
export interface RulesOptions {
  /**
   * Service level objectives, as `metrics.slo` gives or takes them, with metrics by their names. By default
   * those of the registry.
   */
  readonly objectives?: readonly (Objective | ObjectiveOptions)[] | undefined;
  /** The job in Prometheus, where others have metrics of the same names; by default all jobs count. */
  readonly job?: string | undefined;
}

const OPTIONS: OptionNames<RulesOptions> = { objectives: true, job: true };

/**
 * A file of rules for Prometheus, as YAML: recording rules for rates, errors and latencies of requests and
 * for durations; and for each objective its error ratios, its budget, and alerts on several windows, of
 * severity `page` and `ticket`, as the SRE workbook of Google describes them.
 *
 * @throws NarthexError `NARTHEX_OPTION_INVALID` if an objective does not fit the metrics
 * @example
 * import { rules } from "narthex/generate";
 *
 * console.log(rules(registry)); // to rules.yml
 */
export function rules(source: FamilySource, options: RulesOptions = {}): string {
  const { job } = knownOptions("rules", options, OPTIONS);
  if (job !== undefined && typeof job !== "string") {
    throw invalidSetting("rules", "job", job, "use the name of a job in Prometheus");
  }
  const metrics = metricsOf(source);
  const more = jobMatchers(job);
  return rulesFile([
    ...recordingGroups(metrics, more),
    ...checkedObjectives("rules", source, options.objectives).map((objective) =>
      burnRateGroup(objective, more),
    ),
  ]);
}

/** The objectives that were given, or those of the registry. */
export function checkedObjectives(
  where: string,
  source: FamilySource,
  given: RulesOptions["objectives"] = objectivesOf(source),
): Objective[] {
  if (!Array.isArray(given)) {
    throw invalidSetting(where, "objectives", given, "use an array of objectives");
  }
  const finder = finderOf(metricsOf(source));
  const objectives = given.map((options: ObjectiveOptions) => checkedObjective(options, finder));
  const names = objectives.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return objectives;
  throw invalidSetting(where, "objectives", given, `two have the name ${show(twice)}: rename one`);
}
