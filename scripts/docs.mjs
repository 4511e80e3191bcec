import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { entrySources } from "./build/entries.mjs";
import { fail } from "./fail.mjs";
import { repository } from "./repository.mjs";
import { setUp } from "./set-up.mjs";

const FOLDER = join(repository, "reference");

await setUp().catch(fail);
const { Application } = await import("typedoc");

const names = new Map(Array.from(entrySources(), ([name, file]) => [file, name]));
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
app.validate(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) {
  fail(new Error("Write docstrings for what users see: see the warnings above."));
}
if (!process.argv.includes("--check")) {
  await app.generateDocs(project, FOLDER);
  console.log(pathToFileURL(join(FOLDER, "index.html")).href);
}
