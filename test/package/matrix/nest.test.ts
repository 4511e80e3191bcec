import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { realServer } from "../../real-servers.ts";
import { type Installed, install } from "../installed.ts";
import { Project } from "./project.ts";

const tools = await realServer("package-tools");

/** What all templates of `nest new` set. */
const COMMON = {
  declaration: true,
  removeComments: true,
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  allowSyntheticDefaultImports: true,
  sourceMap: true,
  outDir: "./dist",
  incremental: true,
  skipLibCheck: true,
};

const NODENEXT = {
  ...COMMON,
  module: "nodenext",
  moduleResolution: "nodenext",
  resolvePackageJsonExports: true,
  esModuleInterop: true,
  isolatedModules: true,
  target: "ES2023",
  strictNullChecks: true,
};

/** The settings of the templates of each version, with a TypeScript and a Jest of their time. */
const TEMPLATES = [
  {
    nest: "10",
    typescript: "5.4",
    jest: "29",
    type: "commonjs",
    compilerOptions: { ...COMMON, module: "commonjs", target: "ES2021", baseUrl: "./" },
  },
  {
    nest: "11",
    typescript: "5.9",
    jest: "30",
    type: "commonjs",
    compilerOptions: { ...NODENEXT, baseUrl: "./" },
  },
  {
    nest: "12",
    typescript: "6.0",
    jest: undefined,
    type: "module",
    compilerOptions: { ...NODENEXT, rootDir: ".", types: ["node"] },
  },
] as const;

const SERVICE = `
import { Controller, Get, Module } from "@nestjs/common";
import { metrics } from "narthex";
import { HttpMetricsModule } from "narthex/nest";

const greeted = metrics.counter({ name: "greeted", help: "Greetings." });

@Controller()
export class AppController {
  @Get("hello/:name")
  hello(): string {
    greeted.inc();
    return "Hello!";
  }
}

@Module({ imports: [HttpMetricsModule.forRoot()], controllers: [AppController] })
export class AppModule {}
`;

const MAIN = `
import "reflect-metadata";
import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.module.js";

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, "127.0.0.1");
  const { port } = app.getHttpServer().address();
  await (await fetch("http://127.0.0.1:" + port + "/hello/you")).text();
  const page = await (await fetch("http://127.0.0.1:" + port + "/metrics")).text();
  const isRequest = (line: string) => line.startsWith("http_requests_total{") || line.startsWith("greeted");
  console.log(page.split("\\n").filter(isRequest).join("\\n"));
  await app.close();
}
void main();
`;

const SPEC = `
import { readValue } from "narthex/testing";
import { metrics } from "narthex";
import { AppController } from "./app.module";

declare const it: (name: string, run: () => Promise<void>) => void;
declare const expect: (value: unknown) => any;

it("counts", async () => {
  new AppController().hello();
  expect(await readValue(metrics, "greeted_total")).toBe(1);
});
`;

describe.skipIf(!tools)("the templates of Nest", () => {
  let installed: Installed;

  beforeAll(() => {
    installed = install();
  });
  afterAll(() => installed.remove());

  test.each(TEMPLATES)(
    "Nest $nest compiles, measures and is tested",
    async ({ nest, typescript, jest, type, compilerOptions }) => {
      const folder = join(installed.folder, `nest-${nest}`);
      mkdirSync(folder);
      const project = new Project(folder, tools!);
      project.install(join(installed.folder, "node_modules/narthex"), `nest-${nest}`);
      project.write({
        "package.json": { type },
        "tsconfig.json": { compilerOptions, include: ["src/app.module.ts", "src/main.ts"] },
        "src/app.module.ts": SERVICE,
        "src/main.ts": MAIN,
        "src/app.controller.spec.ts": SPEC,
      });
      const tsc = project.tool("typescript", `typescript-${typescript}/bin/tsc`);
      expect(await project.run("22", tsc)).toBe("");
      const main = "rootDir" in compilerOptions ? "dist/src/main.js" : "dist/main.js";
      const lines = await project.run("22", main);
      expect(lines.split("\n")).toEqual([
        "greeted_total 1",
        'http_requests_total{method="GET",route="/hello/:name",status_code="200",outcome="ok"} 1',
        "",
      ]);
      if (jest === undefined) return;
      project.write({
        "jest.config.json": {
          moduleFileExtensions: ["js", "json", "ts"],
          rootDir: "src",
          testRegex: ".*\\.spec\\.ts$",
          transform: {
            "^.+\\.(t|j)s$": [
              project.tool(`jest-${jest}`, "ts-jest"),
              { compiler: project.tool("typescript", `typescript-${typescript}`) },
            ],
          },
          testEnvironment: "node",
        },
      });
      const cli = project.tool(`jest-${jest}`, "jest/bin/jest.js");
      expect(await project.run("22", cli, "-i", "--config", "jest.config.json")).toContain(
        "1 passed",
      );
    },
    300_000,
  );
});
