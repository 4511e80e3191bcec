// A process that serves one variant, at its parent's bidding.
import { doTasks } from "../do-tasks.mjs";
import { cpuSeconds } from "./cpu-seconds.mjs";
import { loadFramework } from "./frameworks.mjs";

/** @import { AddressInfo } from "node:net" */

/** @typedef {typeof tasks} ServerTasks */

Object.assign(process.env, { NODE_ENV: "production" });
const [, , framework = "", name] = process.argv;
const { variants } = await loadFramework(framework);
const variant = variants.find((one) => one.name === name);
if (variant === undefined) throw new Error(`${framework} has no variant ${name}`);
const server = await variant.listen();
const { port } = /** @type {AddressInfo} */ (server.address());

const tasks = { port: () => port, cpuSeconds };

doTasks(tasks);
