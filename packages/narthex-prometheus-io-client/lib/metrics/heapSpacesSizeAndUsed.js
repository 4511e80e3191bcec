module.exports = require("../defaultMetrics.js").collectors.heapSpacesSizeAndUsed;
