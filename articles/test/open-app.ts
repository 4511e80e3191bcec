import { join } from "node:path";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { type AppOptions, buildApp } from "../src/app.ts";
import type { ArticleStore } from "../src/store/article-store.ts";
import { openStore } from "../src/store/open-store.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The application on this store or on an empty one; closed when the test ends. */
export async function openApp(store?: ArticleStore, options?: Partial<AppOptions>) {
  const app = await buildApp({
    store: store ?? (await openEmptyStore()),
    logger: pino({ level: "silent" }),
    trustProxy: false,
    ...options,
  });
  onTestFinished(() => app.close());
  return app;
}

/** A new database in a file, which is closed when the test ends. */
export async function openEmptyStore(): Promise<ArticleStore> {
  const store = await openStore({ kind: "file", path: join(temporaryFolder(), "articles.db") });
  onTestFinished(() => store.close());
  return store;
}
