module.exports = require("../defaultMetrics.js").collectors.eventLoopUtilization;
