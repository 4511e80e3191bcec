import { fail } from "./fail.mjs";
import { setUp } from "./set-up.mjs";

await setUp().catch(fail);
// In this process, so that signals reach the service itself.
await import(new URL("../articles/dist/main.js", import.meta.url).href);
