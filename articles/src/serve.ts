import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { metrics } from "narthex";
import { collectRuntime } from "narthex/runtime";
import type { Logger } from "pino";
import { buildApp } from "./app.ts";
import { countQuery, measurePool } from "./database-metrics.ts";
import { createLogger } from "./logger.ts";
import { SettingError, type Settings } from "./settings.ts";
import type { ArticleStore } from "./store/article-store.ts";
import { reasonOf } from "./store/database-error.ts";
import { type DatabaseLocation, describeLocation } from "./store/database-location.ts";
import { openStore } from "./store/open-store.ts";

/** The service in this process, which listens. */
export interface RunningService {
  readonly address: AddressInfo;
  /** Answers what comes in before it stops, and closes the database. */
  close(): Promise<void>;
}

/** Serves articles in this process. */
export async function serve(settings: Settings): Promise<RunningService> {
  const logger = await createLogger(settings);
  const store = await openDatabase(settings.database, logger);
  measurePool(store);
  collectRuntime(metrics);
  const app = await buildApp({ store, logger, ...settings });
  await listen(app, settings);
  return {
    address: app.server.address() as AddressInfo,
    async close() {
      await app.connections.drain(settings.shutdownDelayMs);
      await store.close();
    },
  };
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
