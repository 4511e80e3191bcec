import { createRequire } from "node:module";
import { expect, test, vi } from "vitest";
import { Digest } from "./digest.ts";

// The package that prom-client has its digests from.
const requireFromClient = createRequire(createRequire(import.meta.url).resolve("prom-client"));
const { TDigest } = requireFromClient("tdigest");

/** Calls a function with the same chance each time. */
function withoutChance<T>(work: () => T): T {
  let state = 1;
  const random = vi.spyOn(Math, "random").mockImplementation(() => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  });
  try {
    return work();
  } finally {
    random.mockRestore();
  }
}

test.each([
  ["one value", [7]],
  ["the same value many times", new Array(300).fill(2)],
  ["ascending values, of which a digest has to get rid", Array.from({ length: 2600 }, (_, i) => i)],
  ["values in no order", Array.from({ length: 3000 }, (_, i) => ((i * 7919) % 3001) ** 2 / 7)],
])("has the quantiles of tdigest to the last digit: %s", (_, values) => {
  const quantiles = [0, 0.01, 0.5, 0.9, 0.999, 1];
  const expected = withoutChance(() => {
    const digest = new TDigest();
    for (const value of values) digest.push(value);
    digest.compress();
    return quantiles.map((quantile) => digest.percentile(quantile));
  });
  const actual = withoutChance(() => {
    const digest = new Digest();
    for (const value of values) digest.push(value);
    digest.compress();
    return quantiles.map((quantile) => digest.quantile(quantile));
  });
  expect(actual).toEqual(expected);
});
