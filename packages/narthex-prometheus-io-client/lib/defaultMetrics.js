module.exports = require("../index.js").collectDefaultMetrics;
