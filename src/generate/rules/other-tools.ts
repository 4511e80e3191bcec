import { invalidObjective, invalidSetting, show } from "../../errors.ts";
import type { FamilySource } from "../../model/metric-family.ts";
import type { Objective, SelectedEvents, ValueMatch } from "../../model/objective.ts";
import { eventsSelector, sumBy } from "../../model/promql.ts";
import { knownOptions, type OptionNames } from "../../options.ts";
import { camelCase } from "./burn-rates.ts";
import { checkedObjectives, type RulesOptions } from "./rules.ts";

/** A specification for Sloth, in its format `prometheus/v1`. */
export interface SlothSpec {
  readonly version: "prometheus/v1";
  readonly service: string;
  readonly slos: readonly {
    readonly name: string;
    /** In percent. */
    readonly objective: number;
    readonly description: string;
    readonly sli: {
      readonly events: { readonly error_query: string; readonly total_query: string };
    };
    readonly alerting: {
      readonly name: string;
      readonly page_alert: { readonly labels: { readonly severity: "page" } };
      readonly ticket_alert: { readonly labels: { readonly severity: "ticket" } };
    };
  }[];
}

type Options = Pick<RulesOptions, "objectives">;

const OPTIONS: OptionNames<Options> = { objectives: true };

/**
 * The objectives as an object for [Sloth](https://sloth.dev), to be written as YAML or JSON.
 *
 * @param service the name of the service
 * @throws NarthexError `NARTHEX_OPTION_INVALID` if it has none, or an objective does not fit the metrics
 * @example
 * import { sloth } from "narthex/generate";
 *
 * console.log(JSON.stringify(sloth(registry, "articles")));
 */
export function sloth(source: FamilySource, service: string, options: Options = {}): SlothSpec {
  const { objectives } = knownOptions("sloth", options, OPTIONS);
  if (typeof service !== "string" || service === "") {
    throw invalidSetting(
      "sloth",
      "service",
      service,
      'use the name of the service, as in "articles"',
    );
  }
  return {
    version: "prometheus/v1",
    service,
    slos: checkedObjectives("sloth", source, objectives).map((objective) => {
      const [good, total] = [objective.good, objective.total].map((events) =>
        sumBy([], `rate(${eventsSelector(events)}[{{.window}}])`),
      );
      return {
        name: objective.name,
        objective: percent(objective),
        description: objective.description,
        sli: { events: { error_query: `${total} - (${good} or vector(0))`, total_query: total! } },
        alerting: {
          name: `${camelCase(objective.name)}ErrorBudgetBurn`,
          page_alert: { labels: { severity: "page" } },
          ticket_alert: { labels: { severity: "ticket" } },
        },
      };
    }),
  };
}

/** An objective for Pyrra, as a resource of Kubernetes or a file. */
export interface PyrraObjective {
  readonly apiVersion: "pyrra.dev/v1alpha1";
  readonly kind: "ServiceLevelObjective";
  readonly metadata: { readonly name: string };
  readonly spec: {
    /** In percent. */
    readonly target: string;
    readonly window: string;
    readonly description: string;
    readonly indicator:
      | { readonly ratio: { readonly errors: PyrraMetric; readonly total: PyrraMetric } }
      | { readonly latency: { readonly success: PyrraMetric; readonly total: PyrraMetric } };
  };
}

interface PyrraMetric {
  readonly metric: string;
}

/**
 * The objectives as objects for [Pyrra](https://github.com/pyrra-dev/pyrra), to be written as YAML or JSON.
 * Pyrra selects the bad events, so the good ones may differ from all events in one label only.
 *
 * @throws NarthexError `NARTHEX_OPTION_INVALID` if an objective can't be said so
 * @example
 * import { pyrra } from "narthex/generate";
 *
 * for (const objective of pyrra(registry)) console.log(JSON.stringify(objective));
 */
export function pyrra(source: FamilySource, options: Options = {}): PyrraObjective[] {
  const { objectives } = knownOptions("pyrra", options, OPTIONS);
  return checkedObjectives("pyrra", source, objectives).map((objective) => ({
    apiVersion: "pyrra.dev/v1alpha1",
    kind: "ServiceLevelObjective",
    metadata: { name: objective.name.toLowerCase().replaceAll("_", "-") },
    spec: {
      target: String(percent(objective)),
      window: `${objective.periodDays}d`,
      description: objective.description,
      indicator: indicatorOf(objective),
    },
  }));
}

function indicatorOf(objective: Objective): PyrraObjective["spec"]["indicator"] {
  const { good, total } = objective;
  const { le, ...match } = good.match;
  const metric = (events: SelectedEvents) => ({ metric: eventsSelector(events) });
  if (le !== undefined && isSame(match, total.match)) {
    return { latency: { success: metric(good), total: metric(total) } };
  }
  const [label, ...others] = Object.keys(good.match).filter(
    (name) => !isSame(good.match[name], total.match[name]),
  );
  if (
    good.family !== total.family ||
    label === undefined ||
    others.length > 0 ||
    label in total.match
  ) {
    const rule =
      "Pyrra selects bad events: good and total must be of one metric, and differ in one label that only good has";
    throw invalidObjective(objective.name, "good", show(eventsSelector(good)), rule);
  }
  const bad = { ...good.match, [label]: opposite(good.match[label]!) };
  return { ratio: { errors: metric({ ...good, match: bad }), total: metric(total) } };
}

function opposite(match: ValueMatch): ValueMatch {
  return typeof match === "object" && "not" in match ? match.not : { not: match };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function percent({ objective }: Objective): number {
  return Number((objective * 100).toPrecision(10));
}
