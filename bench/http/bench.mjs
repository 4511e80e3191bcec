import { interleave, median } from "../interleave.mjs";
import { versionOf } from "../newest/packages.mjs";
import { partsOf } from "../parts.mjs";
import { quantity, targetColumns, thousands } from "../report.mjs";
import { CONTROL, judge } from "../targets.mjs";
import { TaskProcess } from "../task-process.mjs";
import { findCores } from "./cores.mjs";
import { frameworks, loadFramework } from "./frameworks.mjs";
import { startVariant } from "./variant-process.mjs";

/**
 * @import { Results } from "../report.mjs"
 * @import { Scale } from "../scale.mjs"
 * @import { Overhead, Verdict } from "../targets.mjs"
 * @import * as Load from "./load.mjs"
 * @import { Measuring, Turn } from "./variant-process.mjs"
 */

/** @typedef {Turn & Overhead} Figures */
/** @typedef {{ framework: string, variant: string, targets: Verdict[] } & Figures} Row */

/**
 * Measures what it costs to measure requests, on every framework, with this package and with others.
 *
 * @param {Scale} scale
 * @param {string} [only] some of the frameworks, as the command line has them
 * @returns {Promise<Results<Row>>}
 */
export async function benchHttp(scale, only) {
  const parts = partsOf(frameworks, only);
  const cores = await findCores();
  console.log(cores.note);
  /** @type {TaskProcess<typeof Load>} */
  const client = await TaskProcess.start(new URL("load.mjs", import.meta.url), {
    prefix: cores.client,
  });
  const rows = [];
  const names = ["narthex"];
  for (const [framework] of parts) {
    console.log(`Measuring ${framework} …`);
    rows.push(...(await frameworkRows(framework, { scale: scale.http, cores, client })));
    names.push(...(await loadFramework(framework)).packages);
  }
  await client.stop();
  const packages = names.map((name) => ({ name, version: versionOf(name) }));
  return { packages, notes: [cores.note], columns, rows };
}

/**
 * @param {string} framework
 * @param {Measuring} measuring
 */
async function frameworkRows(framework, measuring) {
  const { variants } = await loadFramework(framework);
  const turns = await turnsOf(framework, measuring);
  const [without = []] = turns.values();
  const measured = variants.map(({ name, targets = [] }) => ({
    row: { framework, variant: name, ...figures(turns.get(name) ?? [], without) },
    targets,
  }));
  const control = measured.find(({ row }) => row.variant === CONTROL)?.row;
  return measured.map(({ row, targets }) => ({ ...row, targets: judge(targets, row, control) }));
}

/**
 * Lets the variants of a framework take turns. Each variant has several processes, one after the other,
 * as processes of the same program differ by some hundredths in speed.
 *
 * @param {string} framework
 * @param {Measuring} measuring
 */
async function turnsOf(framework, measuring) {
  const { variants } = await loadFramework(framework);
  /** @type {Map<string, Turn[]>} */
  const turns = new Map(variants.map((variant) => [variant.name, []]));
  for (let i = 0; i < measuring.scale.processes; i += 1) {
    const processes = await Promise.all(
      variants.map((variant) => startVariant(framework, variant, measuring)),
    );
    for (const process of processes) await process.warm();
    const contenders = processes.map(({ name, turn }) => ({ name, measure: turn }));
    const measured = await interleave(contenders, measuring.scale.rounds);
    for (const [variant, more] of measured) turns.get(variant)?.push(...more);
    for (const process of processes) await process.checkCount();
    for (const process of processes) await process.stop();
  }
  return turns;
}

/**
 * The medians of a variant's turns, each of which is compared with the turn without metrics in the same
 * round.
 *
 * @param {readonly Turn[]} turns
 * @param {readonly Turn[]} without
 * @returns {Figures}
 */
export function figures(turns, without) {
  /** @param {(turn: Turn, without: Turn) => number} figure */
  const middle = (figure) =>
    median(turns.map((turn, round) => figure(turn, without[round] ?? turn)));
  return {
    requestsPerSecond: middle((turn) => turn.requestsPerSecond),
    cpuMicros: middle((turn) => turn.cpuMicros),
    serverBusy: middle((turn) => turn.serverBusy),
    clientBusy: middle((turn) => turn.clientBusy),
    ...(turns !== without && {
      ratio: middle((turn, other) => turn.requestsPerSecond / other.requestsPerSecond),
      overheadMicros: middle((turn, other) => turn.cpuMicros - other.cpuMicros),
    }),
  };
}

/** @type {Record<string, (row: Row) => string>} */
export const columns = {
  "": ({ framework, variant }) => (variant === "" ? framework : `${framework}, ${variant}`),
  "requests/s": ({ requestsPerSecond }) => thousands(Math.round(requestsPerSecond)),
  "with / without": ({ ratio }) => ratio?.toFixed(3) ?? "",
  "CPU a request": ({ cpuMicros }) => quantity(cpuMicros, "µs"),
  overhead: ({ overheadMicros }) =>
    overheadMicros === undefined ? "" : quantity(overheadMicros, "µs"),
  ...targetColumns,
  "server's core": ({ serverBusy }) => quantity(100 * serverBusy, "%"),
  "client's core": ({ clientBusy }) => quantity(100 * clientBusy, "%"),
};
