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

type Row = (typeof rows)[number];

const folderOf = ({ node, typescript, form, jest, transform }: Row) =>
  `${node}-${typescript}-${form}-${jest}-${transform}`;

describe.skipIf(!tools)("where people are", () => {
  let installed: Installed;
  let project: Project;

  beforeAll(() => {
    installed = install();
    project = new Project(join(installed.folder, "matrix"), tools!);
    mkdirSync(project.folder);
    project.install(join(installed.folder, "node_modules/narthex"), "types");
    for (const row of rows) write(row);
  });
  afterAll(() => installed.remove());

  // A compiler or Jest takes longer to start than for a project, so each is started once for all of its projects.
  const compiled = once((typescript: string) => {
    const tsc = project.tool("typescript", `typescript-${typescript}/bin/tsc`);
    const folders = rows.filter((row) => row.typescript === typescript).map(folderOf);
    return project.run("24", tsc, "--build", ...folders);
  });
  const tested = once((node: string, jest: string) => {
    const cli = project.tool(`jest-${jest}`, "jest/bin/jest.js");
    const configs = rows
      .filter((row) => row.node === node && row.jest === jest)
      .map((row) => `${folderOf(row)}/test/jest.config.json`);
    return project.run(node, cli, "-i", "--projects", ...configs);
  });

  test.each(rows)(
    "Node $node, TypeScript $typescript, $form, Jest $jest $transform",
    async (row) => {
      const folder = folderOf(row);
      expect(await compiled(row.typescript)).toBe("");
      const result = await project.run(row.node, `${folder}/dist/main.js`);
      expect(JSON.parse(result)).toEqual(RESULT);
      const printed = await tested(row.node, row.jest);
      expect(printed).toContain(`PASS ${folder} `);
      expect(printed).not.toContain("Warning");
    },
    300_000,
  );

  function write(row: Row): void {
    const { typescript, form, jest, transform } = row;
    const folder = folderOf(row);
    const { type, compilerOptions } = FORMS[form]!;
    const transforms = {
      plain: {},
      babel: { "\\.js$": project.tool(`jest-${jest}`, "babel-jest") },
      "ts-jest": {
        "\\.ts$": [
          project.tool(`jest-${jest}`, "ts-jest"),
          {
            compiler: project.tool("typescript", `typescript-${typescript}`),
            // Types are checked by tsc, with the same version and settings.
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
      [`${folder}/test/jest.config.json`]: {
        displayName: folder,
        transform: transforms[transform],
      },
      [`${folder}/test/babel.config.json`]: {
        plugins: [project.tool(`jest-${jest}`, "@babel/plugin-transform-modules-commonjs")],
      },
      ...Object.fromEntries(
        Object.entries(TESTS[transform]!).map(([file, text]) => [`${folder}/test/${file}`, text]),
      ),
    });
  }
});

/** Calls a function only once for the same arguments; later calls get the first one's outcome. */
function once<A extends string[]>(run: (...args: A) => Promise<string>) {
  const outcomes = new Map<string, Promise<string>>();
  return (...args: A): Promise<string> => {
    const key = args.join();
    const outcome = outcomes.get(key) ?? run(...args);
    outcomes.set(key, outcome);
    return outcome;
  };
}
