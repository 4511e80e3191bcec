import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository } from "../../scripts/repository.mjs";
import { run } from "../../scripts/run.mjs";
import { type Installed, install } from "./installed.ts";

// What docs/migration.md says for each package manager, with a registry that has nothing but these packages: whatever asks
// it for prom-client itself gets an error.

const STAND_IN = "npm:narthex-prom-client@15.1.3";

interface Manager {
  readonly command: readonly string[];
  /** What the application's package.json has. */
  readonly application: object;
}

const program = (path: string) => [process.execPath, join(repository, "node_modules", path)];

const MANAGERS: Record<string, Manager> = {
  npm: {
    command: ["npm", "install", "--no-audit", "--no-fund", "--cache=npm-cache"],
    application: {
      dependencies: { middleware: "1.0.0", "prom-client": STAND_IN },
      overrides: { "prom-client": "$prom-client" },
    },
  },
  pnpm: {
    command: [...program("pnpm/bin/pnpm.cjs"), "install", "--store-dir=store", "--cache-dir=cache"],
    application: {
      dependencies: { middleware: "1.0.0", "prom-client": "15.1.3" },
      pnpm: { overrides: { "prom-client": STAND_IN } },
    },
  },
  yarn: {
    command: [...program("yarn/bin/yarn.js"), "install", "--cache-folder=cache"],
    application: {
      dependencies: { middleware: "1.0.0", "prom-client": STAND_IN },
      resolutions: { "prom-client": STAND_IN },
    },
  },
};

let installed: Installed;
let registry: Server;
let url: string;

beforeAll(async () => {
  installed = install();
  const { folder } = installed;
  const middleware = join(folder, "middleware");
  mkdirSync(middleware);
  const dependencies = { "prom-client": "^15.0.0" };
  const manifest = { name: "middleware", version: "1.0.0", dependencies };
  writeFileSync(join(middleware, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(middleware, "index.js"), 'module.exports = require("prom-client");');
  const packages = new Map<string, { manifest: { version: string }; archive: string }>();
  for (const path of [
    join(folder, "node_modules/narthex"),
    join(repository, "packages/narthex-prom-client"),
    middleware,
  ]) {
    const pack = ["pack", "--ignore-scripts", "--silent", path, `--pack-destination=${folder}`];
    const { stdout } = await installed.run("npm", ...pack);
    const packed = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    packages.set(packed.name, { manifest: packed, archive: stdout.trim() });
  }
  registry = createServer(({ url: path = "" }, response) => {
    const known = packages.get(path.slice(1));
    if (path.endsWith(".tgz")) response.end(readFileSync(join(folder, basename(path))));
    else if (known === undefined) response.writeHead(404).end("{}");
    else {
      const { version } = known.manifest;
      const archive = readFileSync(join(folder, known.archive));
      const shasum = createHash("sha1").update(archive).digest("hex");
      const dist = { tarball: `${url}/${known.archive}`, shasum };
      const versions = { [version]: { ...known.manifest, dist } };
      const name = path.slice(1);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ name, "dist-tags": { latest: version }, versions }));
    }
  });
  await once(registry.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
});
afterAll(() => {
  registry.close();
  installed.remove();
});

test.each(Object.entries(MANAGERS))(
  "%s puts narthex-prom-client in the place of prom-client, for the application and for others",
  async (name, { command, application }) => {
    const folder = join(installed.folder, `with-${name}`);
    mkdirSync(folder);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, ...application }));
    const code = `
      const client = require("prom-client");
      new client.Counter({ name: "jobs_total", help: "Jobs." }).inc();
      const isSame = require("middleware") === client;
      const { name } = require("prom-client/package.json");
      client.register.metrics().then((page) => console.log(JSON.stringify({ isSame, name, page })));`;
    const [executable, ...args] = command as [string, ...string[]];
    await run(executable, args, { cwd: folder, env: environment() });
    const { stdout } = await run(process.execPath, ["-e", code], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual({
      isSame: true,
      name: "narthex-prom-client",
      page: "# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total 1\n",
    });
  },
);

/** With the registry as the only one, and without the settings of an npm that runs the tests. */
function environment(): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !/^(npm|yarn|pnpm)_/i.test(name));
  const own = { npm_config_registry: `${url}/`, YARN_REGISTRY: `${url}/`, NO_UPDATE_NOTIFIER: "1" };
  return { ...Object.fromEntries(others), ...own };
}
