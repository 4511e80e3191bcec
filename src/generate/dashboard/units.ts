/** Grafana's name of each unit, of a value and of a rate per second. */
const UNITS: Readonly<Record<string, readonly [value: string, rate: string]>> = {
  seconds: ["s", "percentunit"],
  bytes: ["bytes", "Bps"],
  ratio: ["percentunit", "percentunit"],
  percent: ["percent", "percent"],
  celsius: ["celsius", "short"],
  kelvin: ["kelvin", "short"],
  volts: ["volt", "short"],
  amperes: ["amp", "short"],
  joules: ["joule", "watt"],
  watts: ["watt", "short"],
  grams: ["massg", "short"],
  meters: ["lengthm", "velocityms"],
  hertz: ["hertz", "short"],
};

/** The unit of a value. */
export function valueUnit(unit: string | undefined): string {
  return UNITS[unit ?? ""]?.[0] ?? "short";
}

/** The unit of a rate; that of seconds per second is a share of the time. */
export function rateUnit(unit: string | undefined): string {
  return UNITS[unit ?? ""]?.[1] ?? "cps";
}
