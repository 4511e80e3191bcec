/** @param {number} count */
export const thousands = (count) => count.toLocaleString("en");
