import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { metrics } from "narthex";
import { collectRuntime } from "narthex/runtime";
import type { Logger } from "pino";
import { buildApp } from "./app.ts";
import { countQuery, measurePool } from "./database-metrics.ts";
import { createLogger } from "./logger.ts";
import { readSettings, SettingError, type Settings } from "./settings.ts";
import { closeOnSignal } from "./shutdown.ts";
import type { ArticleStore } from "./store/article-store.ts";
import { reasonOf } from "./store/database-error.ts";
import { type DatabaseLocation, describeLocation } from "./store/database-location.ts";
import { openStore } from "./store/open-store.ts";

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const logger = await createLogger(settings);
  const store = await openDatabase(settings.database, logger);
  measurePool(store);
  collectRuntime(metrics);
  const app = await buildApp({ store, logger, ...settings });
  await listen(app, settings);
  closeOnSignal(async () => {
    await app.connections.drain(settings.shutdownDelayMs);
    await store.close();
  }, settings.shutdownDelayMs);
  process.stdout.write(whereToLook(app.server.address() as AddressInfo));
}

async function openDatabase(location: DatabaseLocation, logger: Logger): Promise<ArticleStore> {
  try {
    return await openStore(location, {
      onQuery: countQuery,
      onConnectionLost: (reason) => logger.warn({ reason }, "a database connection was lost"),
    });
  } catch (error) {
    throw new SettingError(
      `DATABASE_URL: ${describeLocation(location)} cannot be opened: ${reasonOf(error)}; ` +
        "see that the database is there, or set DATABASE_URL to another",
    );
  }
}

async function listen(app: FastifyInstance, { host, port }: Settings): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") {
      throw new SettingError(
        `PORT=${port} is in use on ${host}: stop the program that has it, or set PORT to another port`,
      );
    }
    throw new SettingError(
      `HOST=${host}, PORT=${port} cannot be listened on: ${reasonOf(error)}; ` +
        "set HOST to an address of this machine, and PORT to one that you may use",
    );
  }
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
