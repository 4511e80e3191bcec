import type { RequestNames } from "../../live/observer.ts";
import { given, ownOptions } from "../../options.ts";
import type { MeasuringOptions, StandardLabel } from "../options.ts";
import type { Conventions, HttpMetric } from "./conventions.ts";
import { type LabelFacts, type LabelSource, STANDARD_LABELS } from "./labels.ts";
import { type Chosen, choose, labelSources } from "./metric-choice.ts";

/** The metrics of requests that are switched on. */
export type ChosenMetrics = Chosen<HttpMetric, LabelFacts>;

const AT_START: readonly StandardLabel[] = ["method", "scheme"];

/** Which metrics there are, and what they look like. Throws where an option is wrong. */
export function chooseMetrics(
  conventions: Conventions,
  customLabels: readonly string[],
  { metrics = {}, labelNames = {} }: MeasuringOptions,
): ChosenMetrics {
  const custom = customLabels.map((label, place): [string, LabelSource] => [
    label,
    ({ customLabels }) => customLabels[place] ?? "",
  ]);
  return choose({
    where: "HTTP metrics",
    defaults: conventions.metrics,
    options: metrics,
    sources: labelSources(
      { ...STANDARD_LABELS, ...Object.fromEntries(custom) },
      ownOptions({ ...conventions.labelNames, ...given(labelNames) }),
    ),
    atStart: AT_START,
    own: customLabels,
    ownRule: ", or a label of your own from the option labels",
  });
}

/** Whether any metric has a label that is computed from the scheme or the protocol of a request. */
export function tellsProtocols(chosen: ChosenMetrics): boolean {
  return Object.values(chosen).some(
    ({ chosenLabels }) =>
      chosenLabels.includes("scheme") || chosenLabels.includes("protocol_version"),
  );
}

/** What the metrics are called on a page, for queries of what the live page draws. */
export function requestNames({ requests, duration, inFlight }: ChosenMetrics): RequestNames {
  const counted = requests ?? duration;
  const place = counted?.chosenLabels.indexOf("status_code") ?? -1;
  return {
    requests: requests && `${requests.options.name.replace(/_total$/, "")}_total`,
    duration: duration?.options.name,
    inFlight: inFlight?.options.name,
    status: counted?.options.labels[place],
    isNative: duration?.options.buckets?.length === 0,
  };
}
