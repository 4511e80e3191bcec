import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { realServer } from "../../real-servers.ts";
import { type Installed, install } from "../installed.ts";
import { FORMS } from "./forms.ts";
import { allRows, pairwise } from "./pairwise.ts";
import { APP, MAIN, RESULT, TESTS } from "./programs.ts";
import { Project } from "./project.ts";

const tools = await realServer("package-tools");

const possible = allRows(
  {
    node: ["20", "22", "24"],
    typescript: ["5.4", "5.8", "5.9", "6.0", "7.0"],
    form: ["commonjs", "node16", "nodenext", "node20", "bundler", "esm"],
    jest: ["29", "30"],
    transform: ["plain", "babel", "ts-jest"],
  },
  ({ typescript, form, transform }) =>
    // `node20` came with 5.9, and ts-jest takes no 7.
    (form !== "node20" || Number(typescript) >= 5.9) &&
    (transform !== "ts-jest" || typescript !== "7.0"),
);
const rows = process.env.NARTHEX_PACKAGE_MATRIX === "all" ? possible : pairwise(possible);

describe.skipIf(!tools)("where people are", () => {
  let installed: Installed;
  let project: Project;

  beforeAll(async () => {
    installed = await install();
    project = new Project(join(installed.folder, "matrix"), tools!);
    mkdirSync(project.folder);
    project.install(join(installed.folder, "node_modules/narthex"), "types");
  });
  afterAll(() => installed.remove());

  test.concurrent.each(rows)(
    "Node $node, TypeScript $typescript, $form, Jest $jest $transform",
    async ({ node, typescript, form, jest, transform }) => {
      const folder = `${node}-${typescript}-${form}-${jest}-${transform}`;
      const { type, compilerOptions } = FORMS[form]!;
      const transforms = {
        plain: {},
        babel: { "\\.js$": project.tool(`jest-${jest}`, "babel-jest") },
        "ts-jest": {
          "\\.ts$": [
            project.tool(`jest-${jest}`, "ts-jest"),
            {
              compiler: project.tool("typescript", `typescript-${typescript}`),
              // Types are checked by tsc above, with the same version and settings.
              tsconfig: { ...compilerOptions, isolatedModules: true },
            },
          ],
        },
      };
      project.write({
        [`${folder}/package.json`]: { type },
        [`${folder}/tsconfig.json`]: { compilerOptions, files: ["main.ts"] },
        [`${folder}/app.ts`]: APP,
        [`${folder}/main.ts`]: MAIN,
        [`${folder}/test/package.json`]: { type: "commonjs" },
        [`${folder}/test/jest.config.json`]: { transform: transforms[transform] },
        [`${folder}/test/babel.config.json`]: {
          plugins: [project.tool(`jest-${jest}`, "@babel/plugin-transform-modules-commonjs")],
        },
        ...Object.fromEntries(
          Object.entries(TESTS[transform]!).map(([file, text]) => [`${folder}/test/${file}`, text]),
        ),
      });
      const tsc = project.tool("typescript", `typescript-${typescript}/bin/tsc`);
      expect(await project.run(node, tsc, "-p", folder)).toBe("");
      expect(JSON.parse(await project.run(node, `${folder}/dist/main.js`))).toEqual(RESULT);
      const cli = project.tool(`jest-${jest}`, "jest/bin/jest.js");
      const config = `${folder}/test/jest.config.json`;
      const printed = await project.run(node, cli, "--config", config, "-i");
      expect(printed).toContain("1 passed");
      expect(printed).not.toContain("Warning");
    },
    300_000,
  );
});
