/** What every server answers on `/users/:id`. */
export const userOf = (/** @type {string} */ id) => ({ id, name: "Ada", email: "ada@example.org" });
