import cluster from "node:cluster";
import type { AddressInfo } from "node:net";
import { metrics } from "narthex";
import { joinProcesses } from "narthex/processes";
import { readSettings, SettingError, type Settings } from "./settings.ts";
import { closeOnSignal } from "./shutdown.ts";
import { startWorkers } from "./workers.ts";

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  if (settings.workers > 1 && cluster.isPrimary) {
    process.stdout.write(whereToLook(await startWorkers(settings)));
  } else {
    await runService(settings);
  }
}

/** Serves in this process. */
async function runService(settings: Settings): Promise<void> {
  if (cluster.isWorker) joinProcesses(metrics);
  // The primary process of a cluster needs none of it.
  const { serve } = await import("./serve.ts");
  const { address, close } = await serve(settings);
  // Where there are several, the primary process says what happens.
  const isSilent = settings.workers > 1;
  closeOnSignal(close, { delayMs: settings.shutdownDelayMs, isSilent });
  if (!isSilent) process.stdout.write(whereToLook(address));
}

function whereToLook({ address, family, port }: AddressInfo): string {
  const isEverywhere = address === "0.0.0.0" || address === "::";
  const host = isEverywhere ? "localhost" : family === "IPv6" ? `[${address}]` : address;
  const lines = ["/", "/articles", "/metrics", "/docs"].map(
    (path) => `  http://${host}:${port}${path}`,
  );
  return `articles listens:\n${lines.join("\n")}\nCtrl-C stops it.\n`;
}

main().catch((error) => {
  process.stderr.write(
    `articles: ${error instanceof SettingError ? error.message : error.stack}\n`,
  );
  process.exit(1);
});
