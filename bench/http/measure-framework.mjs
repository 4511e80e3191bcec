import { interleave } from "../interleave.mjs";
import { loadFramework } from "./frameworks.mjs";
import { VariantProcess } from "./variant-process.mjs";

/** @import { Measuring, Turn } from "./variant-process.mjs" */

/**
 * Lets the variants of a framework take turns, and gives the turns of each. Processes of the same
 * program differ by some hundredths in speed, so that each variant has several.
 *
 * @param {string} name
 * @param {Measuring} measuring
 * @returns {Promise<Map<string, Turn[]>>}
 */
export async function measureFramework(name, measuring) {
  const { variants } = await loadFramework(name);
  /** @type {Map<string, Turn[]>} */
  const turns = new Map(variants.map((variant) => [variant.name, []]));
  for (let i = 0; i < measuring.scale.generations; i += 1) {
    const processes = await Promise.all(
      variants.map((variant) => VariantProcess.start(name, variant, measuring)),
    );
    for (const process of processes) await process.warm();
    const contenders = processes.map((process, k) => ({
      name: variants[k]?.name ?? "",
      measure: () => process.turn(),
    }));
    const measured = await interleave(contenders, measuring.scale.rounds);
    for (const [variant, more] of measured) turns.get(variant)?.push(...more);
    for (const process of processes) await process.checkCount();
    await Promise.all(processes.map((process) => process.stop()));
  }
  return turns;
}
