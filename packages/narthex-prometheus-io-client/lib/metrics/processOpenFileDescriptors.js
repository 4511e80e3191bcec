module.exports = require("../defaultMetrics.js").collectors.processOpenFileDescriptors;
