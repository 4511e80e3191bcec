import { figures } from "./figures.mjs";
import { loadFramework } from "./frameworks.mjs";
import { measureFramework } from "./measure-framework.mjs";

/**
 * @import { Figures } from "./figures.mjs"
 * @import { Target } from "./targets.mjs"
 * @import { Measuring } from "./variant-process.mjs"
 */

/**
 * A line of the table.
 *
 * @typedef {{ framework: string, variant: string, targets: readonly Target[] } & Figures} Row
 */

/**
 * @param {string} framework
 * @param {Measuring} measuring
 * @returns {Promise<Row[]>}
 */
export async function frameworkRows(framework, measuring) {
  const { variants } = await loadFramework(framework);
  const turns = await measureFramework(framework, measuring);
  const [without = []] = turns.values();
  return variants.map(({ name, targets = [] }) => ({
    framework,
    variant: name,
    ...figures(turns.get(name) ?? [], without),
    targets,
  }));
}
