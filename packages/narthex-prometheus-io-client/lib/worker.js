module.exports = require("../index.js").WorkerRegistry;
