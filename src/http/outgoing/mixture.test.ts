import { Agent, get, type RequestOptions } from "node:http";
import fc from "fast-check";
import { request } from "undici";
import { afterAll, expect, test } from "vitest";
import { nothingInFlight } from "../../../test/outgoing/counted.ts";
import { closedPort, startTarget } from "../../../test/outgoing/target.ts";
import { Registry } from "../../registry/registry.ts";
import { readSamples } from "../../testing/index.ts";
import { measureOutgoing } from "./measure-outgoing.ts";

/** What its program saw of a request. */
interface Outcome {
  readonly status: string;
  readonly hasFailed: boolean;
}

type Send = (url: string, signal: AbortSignal | undefined) => Promise<Outcome>;

/** A path that stands for a port nobody listens to. */
const REFUSED = "/refused";

const agent = new Agent({ keepAlive: true, maxSockets: 3 });

afterAll(() => agent.destroy());

const CLIENTS: Readonly<Record<string, Send>> = {
  fetch: async (url, signal) => {
    let status = "error";
    try {
      const response = await fetch(url, signal === undefined ? {} : { signal });
      status = String(response.status);
      await response.arrayBuffer();
      return { status, hasFailed: false };
    } catch {
      return { status, hasFailed: true };
    }
  },
  undici: async (url, signal) => {
    let status = "error";
    try {
      const response = await request(url, signal === undefined ? {} : { signal });
      status = String(response.statusCode);
      await response.body.arrayBuffer();
      return { status, hasFailed: false };
    } catch {
      return { status, hasFailed: true };
    }
  },
  node: (url, signal) => got(url, { ...(signal && { signal }), agent: false }),
  "node, with connections kept": (url, signal) => got(url, { ...(signal && { signal }), agent }),
};

function got(url: string, options: RequestOptions): Promise<Outcome> {
  return new Promise((resolve) => {
    let status = "error";
    let hasFailed = false;
    const fail = () => {
      hasFailed = true;
    };
    const sent = get(url, options, (response) => {
      status = String(response.statusCode);
      response.on("error", fail).resume();
    });
    // The response's own error comes after the last event of the request.
    sent.on("error", fail).on("close", () => setImmediate(() => resolve({ status, hasFailed })));
  });
}

interface Step {
  readonly client: string;
  readonly path: string;
  readonly abortAfterMs: number | undefined;
}

const client = fc.constantFrom(...Object.keys(CLIENTS));
const ends = ["/ok", "/big", "/created", "/missing", "/busy", "/hints", "/die", "/cut", REFUSED];
const path = fc.constantFrom(...ends);

/** Requests that end by themselves, and those that only a signal ends. */
const certain: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ client, path, abortAfterMs: fc.constant(undefined) }) },
  {
    weight: 1,
    arbitrary: fc.record({ client, path: fc.constant("/hang"), abortAfterMs: fc.nat(40) }),
  },
);

/** Requests that may end by themselves, or by a signal. */
const racing: fc.Arbitrary<Step> = fc.record({
  client,
  path: fc.oneof(path, fc.constant("/endless")),
  abortAfterMs: fc.nat(20),
});

test("after any mixture, what was counted is what programs saw", async () => {
  await mix(certain, async (registry, outcomes) => {
    expect(await counted(registry)).toEqual(seen(outcomes));
  });
});

test("after any mixture of requests that signals end, each is counted", async () => {
  await mix(racing, async (registry, outcomes) => {
    const { requests } = await counted(registry);
    expect(Object.values(requests).reduce((sum, count) => sum + count)).toBe(outcomes.length);
  });
});

async function mix(
  step: fc.Arbitrary<Step>,
  check: (registry: Registry, outcomes: readonly Outcome[]) => Promise<void>,
): Promise<void> {
  const target = await startTarget();
  const refusing = `http://127.0.0.1:${await closedPort()}/`;
  const send = ({ client, path, abortAfterMs }: Step) => {
    const url = path === REFUSED ? refusing : `${target.url}${path}`;
    const signal = abortAfterMs === undefined ? undefined : AbortSignal.timeout(abortAfterMs);
    return (CLIENTS[client] as Send)(url, signal);
  };
  const mixture = fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: 30 }),
    async (steps) => {
      const registry = new Registry();
      const stop = measureOutgoing({ registry });
      try {
        const outcomes = await Promise.all(steps.map(send));
        await nothingInFlight(registry);
        await check(registry, outcomes);
      } finally {
        stop();
      }
    },
  );
  await fc.assert(mixture, { numRuns: 30 });
}

async function counted(registry: Registry) {
  const requests: Record<string, number> = {};
  const counts = await readSamples(registry, "http_client_request_duration_seconds_count");
  for (const { labels, value } of counts) {
    const status = labels.status_code as string;
    requests[status] = (requests[status] ?? 0) + value;
  }
  const errors = await readSamples(registry, "http_client_errors_total");
  return { requests, failures: errors.reduce((sum, { value }) => sum + value, 0) };
}

function seen(outcomes: readonly Outcome[]) {
  const requests: Record<string, number> = {};
  for (const { status } of outcomes) requests[status] = (requests[status] ?? 0) + 1;
  return { requests, failures: outcomes.filter(({ hasFailed }) => hasFailed).length };
}
