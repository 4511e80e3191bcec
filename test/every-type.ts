import type { Registry } from "../src/registry/registry.ts";
import { play, type RecordedFamily } from "./recording.ts";

/** Fills a registry with a family of every type, using instruments and a registered source. */
export function addEveryType(registry: Registry): void {
  const orders = registry.counter({
    name: "kitchen_orders",
    help: 'Dishes ordered, "à la carte" or not \\ by menu.\nBoth count.',
    labels: ["dish"],
  });
  orders.inc({ dish: "soup" }, 3, { exemplar: { trace_id: "4bf92f35" } });
  orders.inc({ dish: 'a "pie"\\\n🥧' }, 0.1);

  const ovens = registry.gauge({ name: "kitchen_ovens", help: "Ovens.", labels: ["is"] });
  ovens.set({ is: "lit" }, 2);
  ovens.set({ is: "lacking" }, -1.5e-9);
  ovens.set({ is: "unknown" }, Number.NaN);
  ovens.set({ is: "imagined" }, Number.POSITIVE_INFINITY);

  const baked = registry.histogram({
    name: "kitchen_bake_seconds",
    help: "Time in the oven.",
    unit: "seconds",
    buckets: [0.5, 1, 1e6],
  });
  for (const seconds of [0.25, 1, 8]) baked.observe(seconds);
  baked.observe(64, { exemplar: { trace_id: "00f067aa" } });

  const waited = registry.summary({
    name: "kitchen_wait_seconds",
    help: "From the order to the table.",
    quantiles: [0, 0.5, 0.99],
  });
  for (const seconds of [0, 0, 0, 3.515625]) waited.observe(seconds);

  registry.info({ name: "kitchen_build", help: "The house." }).set({ year: 1411, style: "gothic" });
  registry
    .stateSet({ name: "kitchen_door", help: "The door.", states: ["open", "shut"] })
    .set("open", true);
  registry.register(play(OTHERS));
}

const series = { labels: [], created: Number.NaN, timestamp: Number.NaN };

/** Families of the types that have no instrument. */
const OTHERS: readonly RecordedFamily[] = [
  {
    name: "kitchen_queue_size",
    help: "Guests in each queue.",
    type: "gaugehistogram",
    series: [
      {
        ...series,
        value: {
          buckets: [
            [2, 1, undefined],
            [Number.POSITIVE_INFINITY, 2, undefined],
          ],
          count: 3,
          sum: 11,
          native: undefined,
        },
      },
    ],
  },
  {
    name: "kitchen_rumour",
    help: "Of no type.",
    type: "unknown",
    series: [{ ...series, value: 7 }],
  },
];
