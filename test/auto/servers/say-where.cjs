/** @param {import("node:net").Server} server */
module.exports = (server) => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  process.stdout.write(`http://127.0.0.1:${port}\n`);
};
