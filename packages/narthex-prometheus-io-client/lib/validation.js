const { validateMetricName } = require("../index.js");

module.exports = { validateMetricName };
