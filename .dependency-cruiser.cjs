/** Who may import whom: CONTRIBUTING.md has the picture. */

/** @param {string} folder */
const inside = (folder) => `^src/${folder}/`;

/**
 * What a folder of src/ may import of the others. Whatever is not listed is forbidden.
 *
 * @type {Record<string, string[]>}
 */
const allowed = {
  model: [],
  series: ["model"],
  instruments: ["model", "series"],
  exposition: ["model"],
  registry: ["model", "series", "instruments", "exposition"],
  runtime: ["model", "instruments", "registry"],
  scrape: ["model", "instruments", "registry", "exposition"],
  opentelemetry: ["instruments"],
  testing: ["model", "instruments", "exposition", "registry", "queries"],
  live: ["model", "registry", "exposition", "scrape"],
  http: ["instruments", "registry", "scrape", "live"],
  textfile: ["instruments", "registry"],
  aggregate: ["model", "series", "instruments", "exposition", "registry"],
  push: ["model", "instruments", "registry", "scrape"],
  generate: ["model"],
  queries: ["model"],
  cli: ["model", "exposition", "live", "generate", "queries", "testing"],
  auto: ["registry", "runtime", "http", "aggregate"],
};

/** One folder each in src/http/. */
const frameworks = ["express", "fastify", "hono", "koa", "next", "node"];

/**
 * The layers of src/http/, each of which may import those before it. `narthex/http` itself, index.ts,
 * and outgoing/ stand apart.
 */
const httpLayers = [
  "(application|guard)\\.ts",
  "request/",
  "(options|settings)\\.ts",
  "record/",
  "server/",
  "page/",
  "serve/",
  "adapter\\.ts",
  `(${frameworks.join("|")})/`,
  "nest/",
];

const layers = Object.entries(allowed).map(([folder, others]) => ({
  name: `${folder}-imports-only-what-is-below`,
  severity: "error",
  from: { path: inside(folder), pathNot: "\\.test\\.ts$" },
  to: {
    path: "^src/",
    pathNot: [
      "^src/(errors|near-miss|node-module|options|warn|process-wide)\\.ts$",
      ...[folder, ...others].map(inside),
    ],
  },
}));

const innerLayers = httpLayers.map((layer, place) => ({
  name: `http-layer-${place}-imports-only-what-is-below`,
  severity: "error",
  from: { path: `^src/http/${layer}`, pathNot: "\\.test\\.ts$" },
  to: {
    path: "^src/http/",
    pathNot: httpLayers.slice(0, place + 1).map((below) => `^src/http/${below}`),
  },
}));

module.exports = {
  forbidden: [
    ...layers,
    ...innerLayers,
    {
      name: "nothing-imports-compat",
      severity: "error",
      from: { path: "^src/", pathNot: inside("compat") },
      to: { path: inside("compat") },
    },
    {
      name: "compat-uses-the-public-entries",
      severity: "error",
      from: { path: inside("compat"), pathNot: "\\.test\\.ts$" },
      to: {
        path: "^src/",
        pathNot: [
          inside("compat"),
          "^src/index\\.ts$",
          "^src/process-wide\\.ts$",
          "^src/exposition/parse/index\\.ts$",
          "^src/push/pushgateway/index\\.ts$",
        ],
      },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-other-frameworks-adapter",
      severity: "error",
      comment: "What adapters share stands in files of its own.",
      from: { path: `^src/http/(${frameworks.join("|")})/`, pathNot: "\\.test\\.ts$" },
      to: { path: `^src/http/(${frameworks.join("|")})/`, pathNot: "^src/http/$1/" },
    },
    {
      name: "workspaces-use-the-published-entries",
      severity: "error",
      from: { path: "^(articles|bench|examples)/" },
      to: { path: "^src/" },
    },
    {
      name: "no-runtime-dependencies",
      severity: "error",
      comment:
        "Frameworks and drivers are optional peers, and only their types are imported. Nest alone has classes as the names of what it injects.",
      from: {
        path: "^src/",
        pathNot: [
          "\\.test\\.ts$",
          "^src/opentelemetry/",
          "^src/http/nest/",
          // What reads rules and dashboards is bundled.
          "^src/queries/(read-file|syntax|shape-faults)\\.ts$",
          "^src/cli/generate\\.ts$",
        ],
      },
      to: {
        dependencyTypes: ["npm", "npm-dev", "npm-peer", "npm-no-pkg"],
        dependencyTypesNot: ["type-only"],
      },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "node"],
    },
  },
};
