module.exports = require("../index.js").AggregatorRegistry;
