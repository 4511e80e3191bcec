import { basename } from "node:path";

const LAUNCHERS = /^(npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack|tsx|nodemon)(-cli)?(\.[cm]?js)?$/;

/**
 * Whether a program only starts the application, in a process of its own: `NODE_OPTIONS` is for both,
 * and the launcher would take the port.
 */
export function isLauncher(program: string | undefined): boolean {
  return program !== undefined && LAUNCHERS.test(basename(program));
}
