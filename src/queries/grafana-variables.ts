/** Stands in for a variable of Grafana within a string, where its value is not known. */
export const UNKNOWN = "\u0001";

const VARIABLE = /\$\{(\w+)(?::\w+)?\}|\$(\w+)|\[\[(\w+)\]\]/g;

/**
 * A query as PromQL can parse it: variables in strings become a mark, in ranges a duration, and numbers
 * elsewhere.
 */
export function withoutVariables(query: string): string {
  let isRange = false;
  const parts = query.split(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)/);
  return parts
    .map((part, i) => {
      if (i % 2 === 1) return part.replace(VARIABLE, UNKNOWN);
      return part.replace(VARIABLE, (variable, _1, _2, _3, offset: number) => {
        const before = part.slice(0, offset);
        isRange = before.lastIndexOf("[") > before.lastIndexOf("]") || /offset\s+$/.test(before);
        return isRange || /interval|range/.test(variable) ? "5m" : "1";
      });
    })
    .join("");
}

/** `label_values(metric{…}, label)` of a variable, as a selector and the label that it asks for. */
export function labelValues(query: string): { selector: string; label: string } | undefined {
  const [, selector, label] =
    /^\s*label_values\(\s*(.+)\s*,\s*([\w.]+)\s*\)\s*$/s.exec(query) ?? [];
  return selector === undefined ? undefined : { selector, label: label! };
}
