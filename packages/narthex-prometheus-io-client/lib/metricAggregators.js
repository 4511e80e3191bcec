const { AggregatorFactory, aggregators } = require("narthex/prometheus-io-client");

module.exports = { AggregatorFactory, aggregators };
