import { samplesOf } from "../samples.mjs";

/** @import { Sample } from "./frameworks.mjs" */

/**
 * How many requests a page has counted.
 *
 * @param {string} page
 * @param {Sample} sample those with more labels are added up
 */
export function countedOn(page, { name, labels = {} }) {
  let requests = 0;
  for (const [key, value] of samplesOf(page)) {
    const [found, pairs] = JSON.parse(key);
    const has = Object.fromEntries(pairs);
    const isMeant = Object.entries(labels).every(([label, text]) => has[label] === text);
    if (found === name && isMeant) requests += value;
  }
  return requests;
}
