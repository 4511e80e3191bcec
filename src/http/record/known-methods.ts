/** Requests of other methods share one label value: clients can send any word. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"];

const PLACES = new Map(METHODS.map((method, index) => [method, index + 1]));

/** How many places there are. */
export const METHOD_PLACES = METHODS.length + 1;

/** A number of its own for each method that is told apart; 0 for all others. */
export function methodPlace(method: string): number {
  return PLACES.get(method) ?? 0;
}
