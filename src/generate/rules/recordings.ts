import { matcher, selector, sumBy } from "../../model/promql.ts";
import { clientMetrics, type HttpMetrics, serverMetrics } from "../http-metrics.ts";
import { isOfNarthex, isRuntime } from "../sections.ts";
import type { Metric } from "../source.ts";
import type { RecordingRule, RuleGroup } from "./yaml.ts";

const QUANTILES = [0.5, 0.95, 0.99];

/** What people ask of a service again and again, recorded so that it answers at once over months. */
export function recordingGroups(metrics: readonly Metric[], more: readonly string[]): RuleGroup[] {
  const [server, client] = [serverMetrics(metrics), clientMetrics(metrics)];
  const own = metrics.filter(
    (metric) =>
      metric.type === "histogram" &&
      metric.unit === "seconds" &&
      !isRuntime(metric) &&
      !isOfNarthex(metric) &&
      metric !== server?.duration &&
      metric !== client?.duration,
  );
  const groups = [
    { name: "http-server", rules: server ? ofRequests("http", server, more) : [] },
    { name: "http-client", rules: client ? ofRequests("http_client", client, more) : [] },
    { name: "durations", rules: own.flatMap((metric) => ofDurations(metric, [], more)) },
  ];
  return groups.filter(({ rules }) => rules.length > 0);
}

function ofRequests(name: string, http: HttpMetrics, more: readonly string[]): RecordingRule[] {
  const by = ["job", ...(http.where === undefined ? [] : [http.where])];
  const level = by.join("_");
  const rate = (matchers: readonly string[]) =>
    sumBy(by, `rate(${selector(http.requests, [...matchers, ...more])}[5m])`);
  const rules: RecordingRule[] = [{ record: `${level}:${name}_requests:rate5m`, expr: rate([]) }];
  if (http.status !== undefined) {
    const failed = rate([`${http.status}=~"5..|error"`]);
    rules.push({
      record: `${level}:${name}_request_errors:ratio_rate5m`,
      // Where nothing has failed there is no series of failures.
      expr: `(\n  ${failed}\n  or ${rate([])} * 0\n)\n/ (${rate([])} > 0)`,
    });
  }
  if (http.duration === undefined) return rules;
  return [...rules, ...ofDurations(http.duration, by.slice(1), more)];
}

function ofDurations(
  metric: Metric,
  labels: readonly string[],
  more: readonly string[],
): RecordingRule[] {
  const by = ["job", ...labels];
  return QUANTILES.map((quantile) => ({
    record: `${by.join("_")}:${metric.name.replace(/[^\w:]/g, "_")}:p${quantile * 100}_5m`,
    expr: quantileQuery(metric, quantile, by, "5m", more),
  }));
}

/** A quantile of a histogram: of its classic buckets, which every server has, if there are any. */
export function quantileQuery(
  metric: Metric,
  quantile: number,
  by: readonly string[],
  window: string,
  matchers: readonly string[],
): string {
  const isClassic = metric.buckets.length > 0 || !metric.isNative;
  const sum = isClassic
    ? sumBy([...by, "le"], `rate(${selector(`${metric.name}_bucket`, matchers)}[${window}])`)
    : sumBy(by, `rate(${selector(metric.name, matchers)}[${window}])`);
  return `histogram_quantile(${quantile}, ${sum})`;
}

/** @param job the only job whose series count, if it is known */
export function jobMatchers(job: string | undefined): string[] {
  return job === undefined ? [] : [matcher("job", job)];
}
