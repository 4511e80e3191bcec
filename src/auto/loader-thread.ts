import type { LoadHook } from "node:module";
import { extendedModule } from "./extended-module.ts";

/** Extends ES modules in versions of Node that load them on a thread of their own. */
export const load: LoadHook = async (url, context, nextLoad) =>
  extendedModule(url, await nextLoad(url, context));
