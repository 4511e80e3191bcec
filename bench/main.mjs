import { parseArgs } from "node:util";
import { fail } from "../scripts/fail.mjs";
import { setUp } from "../scripts/set-up.mjs";
import { writeChart } from "./chart.mjs";
import { isNewest } from "./newest/packages.mjs";
import { runOnNewestNode } from "./newest/run.mjs";
import { report } from "./report.mjs";
import { full, quick } from "./scale.mjs";

await main().catch(fail);

/** `npm run bench` and, with `--http`, `npm run bench:http`. */
async function main() {
  const { values } = parseArgs({
    options: {
      http: { type: "boolean" },
      quick: { type: "boolean" },
      only: { type: "string" },
      node: { type: "string", default: "both" },
    },
  });
  const { node, only } = values;
  if (!["both", "newest", "this"].includes(node)) {
    throw new Error(`--node=${node} is none of both, newest and this.`);
  }
  // Peers and frameworks are imported only after this: it installs them, and builds the package.
  await setUp();
  if (node !== "this") await runOnNewestNode(process.argv.slice(2));
  if (node === "newest") return;
  const scale = values.quick ? quick : full;
  // What is not measured as a whole is not published.
  const isKept = !values.quick && only === undefined;
  const how = { isJudged: !values.quick, isKept };
  if (values.http) {
    const { benchHttp } = await import("./http/bench.mjs");
    await report("npm run bench:http", await benchHttp(scale, only), { ...how, json: "http" });
  } else {
    const { benchPeers } = await import("./peers/bench.mjs");
    const results = await benchPeers(scale, only);
    await report("npm run bench", results, { ...how, json: "latest" });
    if (isKept && isNewest) await writeChart(results);
  }
}
