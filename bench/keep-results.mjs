import { mkdir, readFile, writeFile } from "node:fs/promises";

/** @typedef {{ json: URL, page: URL }} ResultFiles */

/**
 * Keeps what a command measured as JSON, and in the page on benchmarks between the command's marks:
 * the prose around them stays.
 *
 * @param {string} command
 * @param {{ markdown: string, json: unknown }} results
 * @param {ResultFiles} files
 */
export async function keepResults(command, results, { json, page }) {
  const marks = [`<!-- written by ${command} -->`, `<!-- end of what ${command} wrote -->`];
  const [begin = "", end = ""] = marks;
  const text = await readFile(page, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(
      `${page.pathname} needs the lines ${marks.join(" and ")}: the table goes between.`,
    );
  }
  const written = [text.slice(0, from + begin.length), results.markdown, text.slice(to)];
  await writeFile(page, written.join("\n\n"));
  await mkdir(new URL(".", json), { recursive: true });
  await writeFile(json, `${JSON.stringify(results.json, undefined, 2)}\n`);
}
