// The API of @prometheus-io/client for packages that require it by that name. It is one file, so that those which import it and
// those which require it have the same registry, and it names each export, which Node needs to import them by name.
"use strict";
const client = require("narthex/prometheus-io-client").default;

exports.register = client.register;
exports.Registry = client.Registry;
exports.prometheusContentType = client.prometheusContentType;
exports.openMetricsContentType = client.openMetricsContentType;
exports.validateMetricName = client.validateMetricName;
exports.Counter = client.Counter;
exports.Gauge = client.Gauge;
exports.Histogram = client.Histogram;
exports.Summary = client.Summary;
exports.Pushgateway = client.Pushgateway;
exports.linearBuckets = client.linearBuckets;
exports.exponentialBuckets = client.exponentialBuckets;
exports.collectDefaultMetrics = client.collectDefaultMetrics;
exports.aggregators = client.aggregators;
exports.AggregatorRegistry = client.AggregatorRegistry;
exports.ClusterRegistry = client.ClusterRegistry;
exports.WorkerRegistry = client.WorkerRegistry;

Object.defineProperty(exports, "contentType", {
  enumerable: true,
  get: () => client.contentType,
  set(contentType) {
    client.contentType = contentType;
  },
});
