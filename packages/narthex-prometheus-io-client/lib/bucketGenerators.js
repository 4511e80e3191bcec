const { linearBuckets, exponentialBuckets } = require("../index.js");

module.exports = { linearBuckets, exponentialBuckets };
