module.exports = require("../defaultMetrics.js").collectors.gc;
