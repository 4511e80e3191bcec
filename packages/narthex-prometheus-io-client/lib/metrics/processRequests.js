module.exports = require("../defaultMetrics.js").collectors.processRequests;
