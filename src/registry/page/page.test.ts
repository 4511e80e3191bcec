import fc from "fast-check";
import { expect, test } from "vitest";
import { Registry } from "../registry.ts";

const ACCEPTED = [
  "text/plain",
  "application/openmetrics-text; version=1.0.0",
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
];

/** A registry with a page of more than 64 kB, and one with a short name that goes alone on a small page. */
function largeRegistry(series = 2000) {
  const registry = new Registry({ now: () => 1_000_000 });
  const counter = registry.counter({ name: "many_requests", help: "Many.", labels: ["route"] });
  registry.counter({ name: "one", help: "One." }).inc();
  for (let i = 0; i < series; i += 1) counter.inc({ route: `/articles/${i}` }, i);
  return { registry, counter };
}

const memoryOf = ({ body }: { body: Uint8Array }) => body.buffer;

test("the next page is written into the memory of one that was released", async () => {
  const { registry, counter } = largeRegistry();
  const first = await registry.expose();
  const memory = memoryOf(first);
  first.release();
  counter.inc({ route: "/articles/7" }, 993);
  const second = await registry.expose();
  expect(memoryOf(second)).toBe(memory);
  expect(new TextDecoder().decode(second.body)).toContain('{route="/articles/7"} 1000\n');
});

test("a page that nobody released is never written over", async () => {
  const { registry } = largeRegistry();
  const pages = [await registry.expose(), await registry.expose(), await registry.expose()];
  expect(new Set(pages.map(memoryOf)).size).toBe(3);
});

test("memory is given to one page only, however often it is released", async () => {
  const { registry } = largeRegistry();
  const page = await registry.expose();
  page.release();
  page.release();
  const [a, b] = await Promise.all([registry.expose(), registry.expose()]);
  expect(memoryOf(a)).not.toBe(memoryOf(b));
});

test("the body of a page that was released can't be read", async () => {
  const { registry } = largeRegistry(1);
  const page = await registry.expose();
  page.release();
  expect(() => page.body).toThrowError(expect.objectContaining({ code: "NARTHEX_PAGE_RELEASED" }));
  expect(page.contentType).toContain("text/plain");
});

test("a small page leaves the memory of a large one to the next large one", async () => {
  const { registry } = largeRegistry();
  const large = await registry.expose();
  const memory = memoryOf(large);
  large.release();
  const small = await registry.expose({ names: ["one"] });
  expect(memoryOf(small)).not.toBe(memory);
  small.release();
  expect(memoryOf(await registry.expose())).toBe(memory);
});

test("a page that outgrows the memory of the last one gets more", async () => {
  const { registry, counter } = largeRegistry();
  (await registry.expose()).release();
  for (let i = 0; i < 9000; i += 1) counter.inc({ route: `/comments/${i}` });
  const page = await registry.expose();
  expect(new TextDecoder().decode(page.body)).toBe(await registry.text());
});

test("pages in the memory of others are those in new memory, in any order of formats", async () => {
  const steps = fc.record({
    accept: fc.constantFrom(...ACCEPTED),
    isReleased: fc.boolean(),
    route: fc.nat(4000),
    amount: fc.constantFrom(1, 0.1, 12_345_678),
    remove: fc.option(fc.nat(4000)),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 12 }), async (all) => {
      const [reusing, fresh] = [largeRegistry(1500), largeRegistry(1500)];
      const kept: [body: Uint8Array, copy: Uint8Array][] = [];
      for (const { accept, isReleased, route, amount, remove } of all) {
        for (const { counter } of [reusing, fresh]) {
          counter.inc({ route: `/articles/${route}` }, amount);
          if (remove !== null) counter.remove({ route: `/articles/${remove}` });
        }
        const page = await reusing.registry.expose({ accept });
        const { body } = await fresh.registry.expose({ accept });
        expect(Buffer.compare(page.body, body)).toBe(0);
        if (isReleased) page.release();
        else kept.push([page.body, body]);
      }
      for (const [body, copy] of kept) expect(Buffer.compare(body, copy)).toBe(0);
    }),
    { numRuns: 40 },
  );
});
