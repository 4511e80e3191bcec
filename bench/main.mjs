import { fail } from "../scripts/fail.mjs";
import { setUp } from "../scripts/set-up.mjs";

await main().catch(fail);

async function main() {
  const unknown = process.argv.slice(2).find((argument) => argument !== "--quick");
  if (unknown !== undefined) throw new Error(`${unknown} is not an option: there is only --quick.`);
  await setUp();
  // Only now are the peers installed and the package built.
  const { bench } = await import("./bench.mjs");
  await bench({ isQuick: process.argv.includes("--quick") });
}
