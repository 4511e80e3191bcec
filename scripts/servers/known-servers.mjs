import { findChromium } from "./find-chromium.mjs";
import { findEcosystem } from "./find-ecosystem.mjs";
import { findPackageTools } from "./find-package-tools.mjs";
import { findPostgres } from "./find-postgres.mjs";
import {
  findNodeExporter,
  findPrometheus,
  findPromtool,
  findPushgateway,
} from "./find-prometheus.mjs";
import { findPythonParser } from "./find-python-parser.mjs";

/** The real servers and tools that tests need, and how to provide those that we can't find. */
export const knownServers = {
  prometheus: {
    find: findPrometheus,
    variable: "NARTHEX_PROMETHEUS",
    advice: "put prometheus 3 on PATH, or set NARTHEX_PROMETHEUS to its path",
  },
  promtool: {
    find: findPromtool,
    variable: "NARTHEX_PROMTOOL",
    advice: "put promtool 3 on PATH, or set NARTHEX_PROMTOOL to its path",
  },
  "node-exporter": {
    find: findNodeExporter,
    variable: "NARTHEX_NODE_EXPORTER",
    advice: "put node_exporter on PATH, or set NARTHEX_NODE_EXPORTER to its path",
  },
  pushgateway: {
    find: findPushgateway,
    variable: "NARTHEX_PUSHGATEWAY",
    advice: "put pushgateway on PATH, or set NARTHEX_PUSHGATEWAY to its path",
  },
  postgres: {
    find: findPostgres,
    variable: "NARTHEX_POSTGRES_BIN",
    advice: "install PostgreSQL, or set NARTHEX_POSTGRES_BIN to the folder of its server commands",
  },
  "python-parser": {
    find: findPythonParser,
    variable: "NARTHEX_PYTHON_PROMETHEUS",
    advice:
      "put python3 on PATH, and install its prometheus_client, or set NARTHEX_PYTHON_PROMETHEUS to the folder that has it",
  },
  ecosystem: {
    find: findEcosystem,
    variable: "NARTHEX_ECOSYSTEM",
    advice: "let npm install the versions in test/ecosystem/packages.json from its registry",
  },
  chromium: {
    find: findChromium,
    variable: "NARTHEX_CHROMIUM",
    advice: "put chromium on PATH, or set NARTHEX_CHROMIUM to its path",
  },
  "package-tools": {
    find: findPackageTools,
    variable: "NARTHEX_PACKAGE_TOOLS",
    advice: "let npm install the versions in test/package/tools.json from its registry",
  },
};

/** @param {keyof typeof knownServers} name */
export const missing = (name) => `There is no ${name} here: ${knownServers[name].advice}.`;
