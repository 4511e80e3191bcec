module.exports = require("../index.js").ClusterRegistry;
