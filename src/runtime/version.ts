import type { FamilyGroup } from "../registry/shared-collector.ts";

export function collectVersion(families: FamilyGroup): void {
  const { version } = process;
  const [major, minor, patch] = version.match(/\d+/g) as [string, string, string];
  families
    .info({ name: "nodejs_version", help: "The version of Node that runs the process." })
    .set({ version, major, minor, patch });
}
