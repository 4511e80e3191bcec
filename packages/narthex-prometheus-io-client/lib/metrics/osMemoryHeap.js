module.exports = require("../defaultMetrics.js").collectors.osMemoryHeap;
