import { expect, vi } from "vitest";
import type { Registry } from "../../src/index.ts";
import { readSamples } from "../../src/testing/index.ts";
import type { Target } from "./target.ts";

/** What was counted: `"GET 200"` → 1, `"GET ECONNRESET"` → 1. */
export interface Counted {
  readonly requests: Readonly<Record<string, number>>;
  readonly errors?: Readonly<Record<string, number>>;
}

/** All that metrics say of the requests to one server, once none is under way. */
export async function expectCounted(
  registry: Registry,
  { host }: Pick<Target, "host">,
  { requests, errors = {} }: Counted,
): Promise<void> {
  await nothingInFlight(registry);
  expect({
    requests: await countsOf(registry, "http_client_request_duration_seconds_count", host),
    errors: await countsOf(registry, "http_client_errors_total", host),
  }).toEqual({ requests, errors });
}

export async function nothingInFlight(registry: Registry): Promise<void> {
  await vi.waitFor(
    async () => {
      const inFlight = await readSamples(registry, "http_client_requests_in_flight");
      expect(inFlight.filter(({ value }) => value !== 0)).toEqual([]);
    },
    { timeout: 10_000 },
  );
}

async function countsOf(registry: Registry, name: string, host: string) {
  const samples = await readSamples(registry, name);
  return Object.fromEntries(
    samples
      .filter(({ labels }) => labels.host === host)
      .map(({ labels, value }) => [
        `${labels.method} ${labels.status_code ?? labels.error}`,
        value,
      ]),
  );
}
