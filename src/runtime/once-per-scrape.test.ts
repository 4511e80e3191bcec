import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { oncePerScrape } from "./once-per-scrape.ts";

test("families share one reading a scrape, and each scrape has its own", async () => {
  const registry = new Registry();
  let readings = 0;
  const reading = oncePerScrape(() => {
    readings += 1;
    return readings;
  });
  for (const name of ["a", "b", "c"]) registry.gauge({ name, help: "", collect: reading });
  const values = async (names: string[]) => {
    const { body } = await registry.expose({ names });
    return [...new TextDecoder().decode(body).matchAll(/^[abc] (\d+)$/gm)].map(([, n]) => n);
  };
  expect(await values(["a", "b", "c"])).toEqual(["1", "1", "1"]);
  expect(await values(["b", "c"])).toEqual(["2", "2"]);
  expect(readings).toBe(2);
});

test("a reading that failed is tried again", () => {
  let fails = true;
  const reading = oncePerScrape(() => {
    if (fails) throw new Error("no");
    return 7;
  });
  expect(() => reading()).toThrow("no");
  fails = false;
  expect(reading()).toBe(7);
});
