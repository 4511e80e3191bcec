import { describe, expect, test } from "vitest";
import { startMeasured } from "./measured-server.ts";
import { aborts } from "./scenarios/aborts.ts";
import { connections } from "./scenarios/connections.ts";
import { hostileInput } from "./scenarios/hostile-input.ts";
import { methods } from "./scenarios/methods.ts";
import { mixture } from "./scenarios/mixture.ts";
import { options } from "./scenarios/options.ts";
import { page } from "./scenarios/page.ts";
import { refused } from "./scenarios/refused.ts";
import { routes } from "./scenarios/routes.ts";
import { streams } from "./scenarios/streams.ts";
import { upgrades } from "./scenarios/upgrades.ts";
import type { Subject } from "./subject.ts";

const SCENARIOS = {
  ...routes,
  ...refused,
  ...methods,
  ...aborts,
  ...streams,
  ...upgrades,
  ...hostileInput,
  ...connections,
  ...options,
  ...page,
  ...mixture,
};

/** Defines the tests that every framework's adapter passes. */
export function runContract(subject: Subject): void {
  const { name, differences = {}, leavesOut = [] } = subject;
  describe(name, () => {
    for (const [title, show] of Object.entries(SCENARIOS)) {
      if (leavesOut.includes(title)) continue;
      const difference = differences[title];
      test(difference === undefined ? title : `${title} (differs: ${difference.reason})`, () =>
        show((...calls) => startMeasured(subject, difference, calls)),
      );
    }
    test("its differences are of scenarios that exist", () => {
      const titles = [...Object.keys(differences), ...leavesOut];
      expect(Object.keys(SCENARIOS)).toEqual(expect.arrayContaining(titles));
    });
  });
}
