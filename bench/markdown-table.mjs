/**
 * A table in Markdown, which reads well in a terminal, too. The first line is its head.
 *
 * @param {readonly (readonly string[])[]} lines
 */
export function markdownTable(lines) {
  const widths = lines[0]?.map((_, i) => Math.max(3, ...lines.map((line) => line[i]?.length ?? 0)));
  if (widths === undefined) throw new Error("a table needs a head");
  const [top = "", ...rest] = lines.map(
    (line) => `| ${line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`,
  );
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [top, rule, ...rest].join("\n");
}
