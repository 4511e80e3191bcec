import { mkdir, writeFile } from "node:fs/promises";
import { machine, quantity } from "./report.mjs";

/**
 * @import { Results } from "./report.mjs"
 * @import { Row } from "./targets.mjs"
 */

const folder = new URL("../docs/images/", import.meta.url);

/** Rows of the table that the chart shows, and what it calls them. */
const CHARTED = [
  [/^inc, held series$/, "inc, held series"],
  [/^inc, object of 3 labels, 100 /, "inc by label object"],
  [/^observe, held series, 11 bounds$/, "observe, held series"],
  [/^observe, object of 2 labels/, "observe by label object"],
  [/^scrape of [\d,]+ counters, text$/, "scrape of 100,000 counters"],
  [/^scrape of [\d,]+ histograms/, "scrape of 10,000 histograms"],
];

export const THEMES = {
  light: { text: "#1f2328", muted: "#59636e", line: "#d1d9e0", peers: ["#0969da", "#8c959f"] },
  dark: { text: "#f0f6fc", muted: "#9198a1", line: "#3d444d", peers: ["#4493f8", "#7d8590"] },
};

const WIDTH = 800;
const LEFT = 200;
const RIGHT = 130;
const TOP = 78;
const ROW = 34;
const TICKS = [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200];
const [MIN = 0, MAX = 0] = [TICKS[0], TICKS.at(-1)];
/** A shape for each peer, so that nobody has to tell colours apart. */
const SHAPES = [
  "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
  "M-4-4h8v8h-8z",
  "M0-5l5 5l-5 5l-5-5z",
  "M0-5l5 9h-10z",
  "M-4-4l8 8m0-8l-8 8",
];

/**
 * Writes the chart of the README, for light and dark pages.
 *
 * @param {Pick<Results<Row>, "packages" | "rows">} results
 */
export async function writeChart({ packages, rows }) {
  const versions = packages.map(({ name, version }) => `${name} ${version}`).join(", ");
  const captions = [versions, `Node.js ${process.versions.node}, ${machine()}`];
  await mkdir(folder, { recursive: true });
  for (const [theme, colors] of Object.entries(THEMES)) {
    await writeFile(new URL(`benchmarks-${theme}.svg`, folder), chart(rows, captions, colors));
  }
}

/**
 * How many times as fast as prom-client each peer is, as points on a logarithmic scale: bars would need a
 * zero, which such a scale does not have.
 *
 * @param {readonly Row[]} rows
 * @param {readonly string[]} captions what was measured, and where
 * @param {typeof THEMES["light"]} colors
 */
export function chart(rows, captions, { text, muted, line, peers }) {
  const shown = CHARTED.flatMap(([pattern, label]) => {
    const row = rows.find(({ what }) => /** @type {RegExp} */ (pattern).test(what));
    return row === undefined ? [] : [{ label, row }];
  });
  const names = Object.keys(shown[0]?.row.values ?? {});
  const bottom = TOP + shown.length * ROW;
  const [own = "", other = ""] = peers;
  /** @param {number} i */
  const color = (i) => (i === 0 ? own : other);
  let left = 20;
  const legend = names.map((name, i) => {
    const entry = `${shape(i, left, 46, color(i))}<text x="${left + 10}" y="50" fill="${text}">${name}</text>`;
    left += 28 + 6.7 * name.length;
    return entry;
  });
  const grid = TICKS.map((tick) => {
    const x = position(tick).toFixed(1);
    const width = tick === 1 ? 2 : 1;
    return `<path d="M${x} ${TOP - 10}V${bottom}" stroke="${line}" stroke-width="${width}"/><text x="${x}" y="${bottom + 16}" text-anchor="middle" fill="${muted}">${tick}x</text>`;
  });
  const lines = shown.map(({ label, row }, i) => {
    const y = TOP + i * ROW + 10;
    const base = Number(row.values["prom-client"]);
    // This package's own is drawn last, on top.
    const points = names.toReversed().flatMap((name) => {
      const value = row.values[name];
      const index = names.indexOf(name);
      return value === undefined ? [] : [shape(index, position(base / value), y, color(index))];
    });
    const value = row.values.narthex;
    const said = `${quantity(base / Number(value))}x, ${quantity(value, row.unit)}`;
    return `<text x="${LEFT - 14}" y="${y + 4}" text-anchor="end" fill="${text}">${label}</text><path d="M${LEFT} ${y}H${WIDTH - RIGHT}" stroke="${line}"/>${points.join("")}<text x="${WIDTH - RIGHT + 10}" y="${y + 4}" fill="${own}">${said}</text>`;
  });
  const height = bottom + 38 + 15 * captions.length;
  const below = captions.map(
    (caption, i) =>
      `<text x="14" y="${bottom + 42 + 15 * i}" font-size="11" fill="${muted}">${caption}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="How many times as fast as prom-client" font-family="system-ui, sans-serif" font-size="12">
<text x="14" y="20" font-size="14" font-weight="600" fill="${text}">Times as fast as prom-client (logarithmic scale)</text>
${[...legend, ...grid, ...lines, ...below].join("\n")}
</svg>
`;
}

/** @param {number} ratio */
function position(ratio) {
  const share = Math.log(ratio / MIN) / Math.log(MAX / MIN);
  return LEFT + Math.min(1, Math.max(0, share)) * (WIDTH - LEFT - RIGHT);
}

/** @type {(i: number, x: number, y: number, color: string) => string} */
function shape(i, x, y, color) {
  const path = SHAPES[i % SHAPES.length];
  return `<path transform="translate(${x.toFixed(1)} ${y})" d="${path}" fill="${color}" stroke="${color}"/>`;
}
