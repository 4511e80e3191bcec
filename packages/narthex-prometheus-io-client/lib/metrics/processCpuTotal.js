module.exports = require("../defaultMetrics.js").collectors.processCpuTotal;
