/** In what a value is counted, as its text depends on it. */
export type Unit =
  | "time"
  | "seconds"
  | "bytes"
  | "ratio"
  | "per second"
  | "bytes per second"
  | "none";

/** In what the values of a family are counted; a counter is shown as its rate. */
export function unitOf({
  name,
  unit,
  type,
}: {
  readonly name: string;
  readonly unit?: string | undefined;
  readonly type: string;
}): Unit {
  const base = /_(seconds|bytes|ratio)$/.exec(unit === undefined ? name : `_${unit}`)?.[1];
  if (type === "counter")
    return base === "bytes" ? "bytes per second" : base === "seconds" ? "ratio" : "per second";
  if (/_time(stamp)?_seconds$/.test(name)) return "time";
  if (base !== undefined) return base as Unit;
  return /utilization$/.test(name) ? "ratio" : "none";
}

/** A value as people read it, with three digits that count. */
export function show(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  // Most of them are seconds since the epoch; those of this century certainly are.
  if (unit === "time" && value > 9.4e8) return new Date(value * 1000).toLocaleString();
  if (unit === "seconds" || unit === "time") return showSeconds(value);
  if (unit === "bytes") return showBytes(value);
  if (unit === "bytes per second") return `${showBytes(value)}/s`;
  if (unit === "ratio") return `${digits(value * 100)} %`;
  return unit === "per second" ? `${showNumber(value)}/s` : showNumber(value);
}

const SECONDS: readonly [least: number, factor: number, name: string][] = [
  [86_400 * 2, 86_400, "d"],
  [3600 * 2, 3600, "h"],
  [60 * 2, 60, "min"],
  [1, 1, "s"],
  [1e-3, 1e-3, "ms"],
  [1e-6, 1e-6, "µs"],
  [0, 1e-9, "ns"],
];

function showSeconds(value: number): string {
  if (value === 0) return "0 s";
  const [, factor, name] = SECONDS.find(([least]) => Math.abs(value) >= least)!;
  return `${digits(value / factor)} ${name}`;
}

function showBytes(value: number): string {
  let rest = value;
  let step = 0;
  const names = ["B", "KiB", "MiB", "GiB", "TiB"];
  while (Math.abs(rest) >= 1024 && step < names.length - 1) {
    rest /= 1024;
    step += 1;
  }
  return `${digits(rest)} ${names[step]}`;
}

export function showNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${digits(value / 1e9)} G`;
  if (size >= 1e6) return `${digits(value / 1e6)} M`;
  if (size >= 1e5) return `${digits(value / 1e3)} k`;
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return size > 0 && size < 0.001 ? value.toExponential(1) : digits(value);
}

function digits(value: number): string {
  const size = Math.abs(value);
  const places = size >= 100 || value === 0 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  return String(Number(value.toFixed(places)));
}
