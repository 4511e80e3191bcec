module.exports = require("../defaultMetrics.js").collectors.processMaxFileDescriptors;
