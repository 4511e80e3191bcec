import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { entrySources } from "./build/entries.mjs";
import { fail } from "./fail.mjs";
import { repository } from "./repository.mjs";
import { setUp } from "./set-up.mjs";

const FOLDER = join(repository, "reference");

await setUp().catch(fail);
const { Application, ReflectionKind } = await import("typedoc");

// What has the API of another library is documented there, and in docs/prom-client.md.
const OTHERS = ["narthex/prom-client", "narthex/prometheus-io-client"];

const sources = Array.from(entrySources()).filter(([name]) => !OTHERS.includes(name));
const names = new Map(sources.map(([name, file]) => [file, name]));
const app = await Application.bootstrap({
  name: "Narthex",
  entryPoints: [...names.keys()],
  tsconfig: join(repository, "tsconfig.build.json"),
  readme: "none",
  excludePrivate: true,
  disableGit: true,
  sourceLinkTemplate: "https://github.com/narthex/narthex/blob/main/{path}#L{line}",
  // Types that no entry exports are only options' parts, whose names say enough.
  validation: { notDocumented: true, notExported: false },
  logLevel: "Warn",
});
const project = await app.convert();
if (project === undefined) fail(new Error("typedoc could not read the entries of the package"));
for (const module of project.children ?? []) {
  const [source] = module.sources ?? [];
  module.name = names.get(source?.fullFileName ?? "") ?? module.name;
}
// The parts of other programs' formats are documented by those programs.
const FORMATS = ["src/generate/dashboard/grafana.ts", "src/generate/rules/other-tools.ts"];
for (const type of project.getReflectionsByKind(ReflectionKind.Interface)) {
  const { children = [], sources = [] } = /** @type {import("typedoc").DeclarationReflection} */ (
    type
  );
  const isOthers = sources.some(({ fullFileName }) =>
    FORMATS.some((file) => fullFileName.endsWith(file)),
  );
  if (isOthers) for (const child of [...children]) project.removeReflection(child);
}
app.validate(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) {
  fail(new Error("Write docstrings for what users see: see the warnings above."));
}
if (!process.argv.includes("--check")) {
  await app.generateDocs(project, FOLDER);
  console.log(pathToFileURL(join(FOLDER, "index.html")).href);
}
