const { aggregators } = require("../index.js");

module.exports = { aggregators };
