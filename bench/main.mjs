import { parseArgs } from "node:util";
import { fail } from "../scripts/fail.mjs";
import { setUp } from "../scripts/set-up.mjs";
import { report } from "./report.mjs";
import { full, quick } from "./scale.mjs";

await main().catch(fail);

/** `npm run bench` and, with `--http`, `npm run bench:http`. */
async function main() {
  const { values } = parseArgs({
    options: { http: { type: "boolean" }, quick: { type: "boolean" } },
  });
  const isQuick = values.quick === true;
  const scale = isQuick ? quick : full;
  // Peers and frameworks are imported only after this: it installs them, and builds the package.
  await setUp();
  if (values.http) {
    const { benchHttp } = await import("./http/bench.mjs");
    await report("npm run bench:http", await benchHttp(scale), { isQuick, json: "http.json" });
  } else {
    const { benchPeers } = await import("./peers/bench.mjs");
    await report("npm run bench", await benchPeers(scale), { isQuick, json: "latest.json" });
  }
}
