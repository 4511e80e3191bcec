import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";

type Variables = Readonly<Record<string, string>>;

/** The folder of the application. */
export const NEXT_APP = join(import.meta.dirname, "next-app");

/** Next's command line. */
export const NEXT = createRequire(import.meta.url).resolve("next/dist/bin/next");

/** A build of the application. */
export interface NextBuild {
  readonly folder: string;
  /** What commands need that work with it. */
  readonly environment: Variables;
  remove(): Promise<void>;
}

/** Builds the application as a user does; the name keeps the builds of several tests apart. */
export async function buildNextApp(name: string): Promise<NextBuild> {
  const folder = join(NEXT_APP, `.next-${name}`);
  const environment = nextEnvironment({ NEXT_APP_BUILD: `.next-${name}` });
  const remove = () => rm(folder, { recursive: true, force: true });
  await remove();
  const env = { ...environment, NEXT_APP_OUTPUT: "standalone" };
  await promisify(execFile)(process.execPath, [NEXT, "build"], { cwd: NEXT_APP, env });
  return { folder, environment, remove };
}

/** Not that of the tests, whose NODE_ENV would be Next's. */
export function nextEnvironment(variables: Variables): Variables {
  const { PATH = "" } = process.env;
  return { PATH, NEXT_TELEMETRY_DISABLED: "1", ...variables };
}
