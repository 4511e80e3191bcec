import { expect, vi } from "vitest";
import { parseTextPage, type TextPage } from "../text-page.ts";

/** How often each request was counted: `"GET /plain 200 ok"` → 1. */
export type Counts = Readonly<Record<string, number>>;

/** What `http_requests_total` says. */
export function requestCounts(page: TextPage): Counts {
  return countsOf(page, "http_requests_total", ["method", "route", "status_code", "outcome"]);
}

/** Waits until exactly these requests are counted, and none is in flight. */
export async function expectCounts(
  registry: { text(): Promise<string> },
  expected: Counts,
): Promise<void> {
  await vi.waitFor(async () => {
    const page = parseTextPage(await registry.text());
    expect(requestCounts(page)).toEqual(expected);
    expect(page.value("http_requests_in_flight")).toBe(0);
  });
}

/** What the counts of a histogram say: `"GET /plain 200"` → 1. */
export function histogramCounts(page: TextPage, name: string): Counts {
  return countsOf(page, `${name}_count`, ["method", "route", "status_code"]);
}

/** The counts of requests as a histogram has them, which knows no outcome. */
export function withoutOutcome(counts: Counts): Counts {
  const sums: Record<string, number> = {};
  for (const [row, count] of Object.entries(counts)) {
    const key = row.slice(0, row.lastIndexOf(" "));
    sums[key] = (sums[key] ?? 0) + count;
  }
  return sums;
}

export function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function countsOf(page: TextPage, name: string, labels: readonly string[]): Counts {
  const rows = page.samples.filter((sample) => sample.name === name);
  return Object.fromEntries(
    rows.map((row) => [labels.map((label) => row.labels[label]).join(" "), row.value]),
  );
}
