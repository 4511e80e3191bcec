module.exports = require("../defaultMetrics.js").collectors.processStartTime;
