module.exports = require("../defaultMetrics.js").collectors.heapSizeAndUsed;
