import { camelCase } from "../../src/generate/rules/burn-rates.ts";

/** An objective of 99.9 % over 30 days, and two series of its events. */
interface BurningObjective {
  readonly slo: string;
  readonly description: string;
  readonly good: string;
  readonly bad: string;
}

/** 2 % of the errors that 0.1 % of a month allow, in an hour, are 1.44 %; 10 % in a day are 0.3 %. */
const CASES = [
  { bad: 0, severities: [] },
  { bad: 1, severities: [] },
  { bad: 4, severities: ["ticket"] },
  { bad: 20, severities: ["page", "ticket"] },
] as const;

/**
 * Tests for `promtool test rules`: of a thousand events a minute some are bad, for three hours, and then
 * these alerts fire.
 */
export function burnTests({ slo, description, good, bad }: BurningObjective): object[] {
  return CASES.map(({ bad: failed, severities }) => ({
    interval: "1m",
    input_series: [
      { series: good, values: `0+${1000 - failed}x180` },
      ...(failed === 0 ? [] : [{ series: bad, values: `0+${failed}x180` }]),
    ],
    alert_rule_test: [
      {
        eval_time: "3h",
        alertname: `${camelCase(slo)}ErrorBudgetBurn`,
        exp_alerts: severities.map((severity) => ({
          exp_labels: { severity, slo },
          exp_annotations: {
            summary: `${slo} spends its budget of errors too fast.`,
            description: `${failed / 10}% of the events are bad, of which the objective is that 99.9 % are good over 30 days. ${description}`,
          },
        })),
      },
    ],
    promql_expr_test: [
      {
        expr: `round(slo:error_budget_remaining:ratio{slo="${slo}"}, 0.001)`,
        eval_time: "3h",
        exp_samples: [{ labels: `{slo="${slo}"}`, value: 1 - failed }],
      },
    ],
  }));
}
