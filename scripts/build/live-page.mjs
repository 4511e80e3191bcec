import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { repository } from "../repository.mjs";

const folder = join(repository, "src/live/page");
const chart = join(repository, "node_modules/uplot");

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b62b8"/><path d="M5 20l6-8 5 9 4-12 3 7h4" fill="none" stroke="#fff" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round"/></svg>`;

/**
 * The live page as a module: its HTML, with script and style inside, and the hashes of both, which are all
 * that a browser may run. uPlot's licence stands in it.
 *
 * @returns {Promise<string>}
 */
export async function livePage() {
  const [script, style, licence] = await Promise.all([
    bundled("main.ts"),
    bundled("page.css", join(chart, "dist/uPlot.min.css")),
    readFile(join(chart, "LICENSE"), "utf8"),
  ]);
  // In HTML, a script ends at this text, wherever that stands.
  const safe = script.trim().replaceAll("</script", "<\\/script");
  const html = [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8"><title>Metrics</title>',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">`,
    `<!-- Its charts are drawn by uPlot:\n${licence.trim()}\n-->`,
    `<style>${style}</style></head><body><script type="module">${safe}</script></body></html>\n`,
  ].join("\n");
  const hashes = { script: hashOf(safe), style: hashOf(style) };
  return `export const html = ${JSON.stringify(html)};\nexport const hashes = ${JSON.stringify(hashes)};\n`;
}

/**
 * @param {string} file
 * @param {string} [before] a style sheet that comes first
 */
async function bundled(file, before) {
  const entry = join(folder, file);
  const { outputFiles } = await esbuild.build({
    ...(before === undefined
      ? { entryPoints: [entry] }
      : {
          stdin: {
            contents: [before, entry].map((path) => `@import ${JSON.stringify(path)};`).join("\n"),
            loader: "css",
            resolveDir: folder,
          },
        }),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: ["chrome111", "firefox115", "safari16.4"],
    legalComments: "none",
    write: false,
  });
  const [{ text }] = /** @type {[esbuild.OutputFile]} */ (outputFiles);
  return text.trim();
}

/** @param {string} text */
function hashOf(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
