import { metrics } from "../../index.ts";
import { processWide } from "../../process-wide.ts";
import type * as declarations from "./declarations.ts";
import { defaultMetrics } from "./default-metrics/collect.ts";
import type { MetricClasses } from "./default-metrics/kit.ts";
import { exponentialBuckets, linearBuckets } from "./metrics/bucket-generators.ts";
import { validateMetricName } from "./metrics/validation.ts";
import type { Registry } from "./registry/registry.ts";

interface ClientClasses extends MetricClasses {
  readonly Registry: typeof Registry;
}

/**
 * What a client has besides its classes.
 *
 * @param name under which the process has its registry `register`
 * @param leftOut default metrics that it does not have
 */
export function clientOf(name: string, classes: ClientClasses, leftOut: readonly string[] = []) {
  const { Registry } = classes;
  const register = processWide(`${name} register`, () => {
    const registry = new Registry();
    registry.behaviour.globalRegistry = registry;
    Registry.globalRegistry = registry;
    metrics.register(registry.narthex);
    return registry;
  });
  const { aggregatorFactory, aggregators } = register.behaviour;
  return {
    AggregatorFactory: aggregatorFactory as declarations.AggregatorFactory,
    aggregators: aggregators as Record<string, declarations.AggregatorFunction>,
    collectDefaultMetrics: defaultMetrics(classes, leftOut),
    exponentialBuckets,
    linearBuckets,
    openMetricsContentType:
      Registry.OPENMETRICS_CONTENT_TYPE as declarations.OpenMetricsContentType,
    prometheusContentType: Registry.PROMETHEUS_CONTENT_TYPE as declarations.PrometheusContentType,
    register,
    validateMetricName,
  };
}
