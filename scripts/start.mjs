import { fail } from "./fail.mjs";
import { setUp } from "./set-up.mjs";

await setUp().catch(fail);
// Import the service into this process, so that it receives the signals.
await import(new URL("../articles/dist/main.js", import.meta.url).href);
