const SAMPLE = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([^=,]+)="([^"]*)"/g;

/**
 * The values of a page by name and labels, for pages whose label values need no escapes. Quantiles
 * are left out: every peer estimates them in its own way.
 *
 * @param {string} page text or OpenMetrics
 * @returns {Map<string, number>}
 */
export function samplesOf(page) {
  const samples = new Map();
  for (const line of page.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name, labels = "", value] = SAMPLE.exec(line) ?? [];
    if (value === undefined) throw new Error(`not a sample: ${line}`);
    const texts = [...labels.matchAll(LABEL)].map(([, label = "", text = ""]) => [
      label,
      label === "le" && text !== "+Inf" ? String(Number(text)) : text,
    ]);
    if (texts.some(([label]) => label === "quantile")) continue;
    samples.set(JSON.stringify([name, texts.sort()]), Number(value));
  }
  return samples;
}
