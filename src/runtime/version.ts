import type { RuntimeFamilies } from "./families.ts";

export function collectVersion(families: RuntimeFamilies): void {
  const { version } = process;
  const [major, minor, patch] = version.match(/\d+/g) as [string, string, string];
  families.info(
    { name: "nodejs_version", help: "The version of Node that runs the process." },
    { version, major, minor, patch },
  );
}
