// npm runs this after it has installed a clone, also one that it makes to install the package from
// git. It is a script of a workspace, as the packed package must have none that runs on installing.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build/build.mjs";
import { repository } from "./repository.mjs";

const tools = ["esbuild", "typescript"].map((name) => join(repository, "node_modules", name));
if (tools.every((folder) => existsSync(folder))) await build();
