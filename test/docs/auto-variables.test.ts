import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSettings } from "../../src/auto/environment.ts";
import { repository } from "./code-blocks.ts";

test("docs/http/auto.md has all variables, and no others", () => {
  const read = new Set<string>();
  const environment = new Proxy<Record<string, string>>(
    {},
    {
      get(_, name) {
        read.add(String(name));
        return undefined;
      },
    },
  );
  readSettings(environment, () => {});
  const page = readFileSync(join(repository, "docs/http/auto.md"), "utf8");
  const documented = [...page.matchAll(/^\| `(NARTHEX_\w+)`/gm)].map(([, name]) => name);
  expect(documented.sort()).toEqual([...read].sort());
});
