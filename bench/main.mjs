import { fail } from "../scripts/fail.mjs";
import { setUp } from "../scripts/set-up.mjs";
import { isQuick } from "./is-quick.mjs";

await main().catch(fail);

async function main() {
  const options = { isQuick: isQuick(process.argv.slice(2)) };
  await setUp();
  // Only now are the peers installed and the package built.
  const { bench } = await import("./bench.mjs");
  await bench(options);
}
