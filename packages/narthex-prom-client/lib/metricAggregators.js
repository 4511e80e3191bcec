const { AggregatorFactory, aggregators } = require("narthex/prom-client");

module.exports = { AggregatorFactory, aggregators };
