module.exports = require("../defaultMetrics.js").collectors.version;
