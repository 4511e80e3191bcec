// Workspaces import this package by its name, as a user would. npm links workspaces but not their
// root, so the root links itself.
import { mkdirSync, rmSync, symlinkSync } from "node:fs";

const modules = new URL("../node_modules/", import.meta.url);
const link = new URL("narthex", modules);
mkdirSync(modules, { recursive: true });
rmSync(link, { force: true, recursive: true });
symlinkSync("..", link, "junction");
