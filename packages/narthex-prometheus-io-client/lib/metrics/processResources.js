module.exports = require("../defaultMetrics.js").collectors.processResources;
