import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { atMost } from "../targets.mjs";

/**
 * @import { Measuring } from "../bench.mjs"
 * @import { Peer } from "../peers/peers.mjs"
 * @import { Row } from "../row.mjs"
 */

const folder = fileURLToPath(new URL("..", import.meta.url));
const modules = new URL("../../node_modules/", import.meta.url);

/**
 * What a peer adds to an application.
 *
 * @param {Measuring} measuring
 * @returns {Promise<Row[]>}
 */
export async function sizeRows({ peers }) {
  return [
    {
      what: "size, bundled and minified",
      unit: "kB",
      values: await ofEach(peers, async ({ packages }) => (await bundledBytes(packages)) / 1000),
      targets: [atMost(60, "60 kB")],
    },
    {
      what: "runtime dependencies",
      unit: "",
      values: await ofEach(peers, ({ packages }) => dependencyCount(packages)),
      targets: [atMost(0, "none")],
    },
  ];
}

/**
 * @param {readonly Peer[]} peers
 * @param {(peer: Peer) => Promise<number>} number
 */
async function ofEach(peers, number) {
  /** @type {Record<string, number>} */
  const values = {};
  for (const peer of peers) values[peer.name] = await number(peer);
  return values;
}

/** @param {readonly string[]} packages */
async function bundledBytes(packages) {
  const { outputFiles } = await build({
    stdin: {
      contents: packages.map((name) => `export * from ${JSON.stringify(name)};`).join("\n"),
      resolveDir: folder,
    },
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    write: false,
  });
  return outputFiles.reduce((bytes, { contents }) => bytes + contents.length, 0);
}

/** @param {readonly string[]} packages */
async function dependencyCount(packages) {
  const names = new Set();
  for (const name of packages) {
    const { dependencies = {} } = JSON.parse(
      await readFile(new URL(`${name}/package.json`, modules), "utf8"),
    );
    for (const dependency of Object.keys(dependencies)) names.add(dependency);
  }
  for (const name of packages) names.delete(name);
  return names.size;
}
