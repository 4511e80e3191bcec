import { nodeModule } from "../../node-module.ts";
import { startOf } from "./liveness.ts";

interface ClusterModule {
  readonly isWorker?: boolean;
  readonly worker?: { readonly id: number };
  readonly settings?: { readonly exec?: string };
}

function clusterModule(): ClusterModule {
  return (process.getBuiltinModule?.("cluster") ?? {}) as ClusterModule;
}

/** What PM2 or node:cluster tells of the processes that belong together. */
export function groupOfManager(): string | undefined {
  const { pm_id, name = "", namespace = "", PM2_HOME = "" } = process.env;
  if (pm_id !== undefined) {
    const home = nodeModule("crypto")
      .createHash("sha256")
      .update(PM2_HOME)
      .digest("hex")
      .slice(0, 16);
    return `pm2-${namespace}-${name}-${home}`;
  }
  const { isWorker = false, settings } = clusterModule();
  if (!isWorker && settings?.exec === undefined) return undefined;
  const primary = isWorker ? process.ppid : process.pid;
  return `cluster-${primary}-${startOf(primary) ?? 0}`;
}

/** What tells this process from others of its group on a page. */
export function processLabel(): string {
  const { pm_id } = process.env;
  return pm_id ?? String(clusterModule().worker?.id ?? process.pid);
}
