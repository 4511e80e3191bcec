import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkNode, isInstalled } from "./set-up.mjs";

describe("checkNode", () => {
  const wanted = "^20.19.0 || >=22.12.0";

  it.each(["20.19.0", "20.20.2", "22.12.0", "24.0.0"])("accepts %s", (version) => {
    expect(() => checkNode(version, wanted)).not.toThrow();
  });

  it.each(["18.20.0", "20.18.3", "21.7.3", "22.11.0"])("refuses %s", (version) => {
    expect(() => checkNode(version, wanted)).toThrow(
      `Narthex needs Node.js ${wanted}, and this is ${version}`,
    );
  });
});

describe("isInstalled", () => {
  const wanted = {
    "": { version: "0.1.0" },
    articles: { version: "0.1.0" },
    "node_modules/articles": { link: true },
    "node_modules/pino": { version: "10.4.0" },
    "node_modules/elsewhere": { version: "1.0.0", optional: true },
  };
  const { "": _root, "node_modules/elsewhere": _optional, ...installed } = wanted;
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "narthex-set-up-"));
    mkdirSync(join(folder, "node_modules"));
    note("package-lock.json", wanted);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function note(file: string, packages: object) {
    writeFileSync(join(folder, file), JSON.stringify({ packages }));
  }

  it("is true where all but optional packages are there", () => {
    note("node_modules/.package-lock.json", installed);
    expect(isInstalled(folder)).toBe(true);
  });

  it("is false where npm never finished", () => {
    expect(isInstalled(folder)).toBe(false);
  });

  it("is false for another version, and for a package or a workspace that is missing", () => {
    for (const path of ["node_modules/pino", "node_modules/articles"] as const) {
      const { [path]: _missing, ...rest } = installed;
      note("node_modules/.package-lock.json", rest);
      expect(isInstalled(folder)).toBe(false);
    }
    note("node_modules/.package-lock.json", {
      ...installed,
      "node_modules/pino": { version: "10.3.0" },
    });
    expect(isInstalled(folder)).toBe(false);
  });
});
