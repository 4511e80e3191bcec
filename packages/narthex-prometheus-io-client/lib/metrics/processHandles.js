module.exports = require("../defaultMetrics.js").collectors.processHandles;
