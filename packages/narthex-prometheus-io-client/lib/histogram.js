module.exports = require("../index.js").Histogram;
