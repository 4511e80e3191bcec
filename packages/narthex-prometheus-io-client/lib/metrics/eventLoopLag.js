module.exports = require("../defaultMetrics.js").collectors.eventLoopLag;
