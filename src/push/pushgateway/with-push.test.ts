import { afterEach, expect, test, vi } from "vitest";
import { parse } from "../../exposition/parse/index.ts";
import { Registry } from "../../registry/registry.ts";
import { Pushgateway, withPush } from "./index.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A gateway that keeps the texts it got, or refuses them. */
function gatewayOf(registry: Registry, status = 200) {
  const pages: string[] = [];
  const fetch = async (_url: unknown, request?: { method?: string; body?: unknown }) => {
    expect(request?.method).toBe("POST");
    pages.push(new TextDecoder().decode(request?.body as Uint8Array));
    return new Response("not today", { status });
  };
  const options = { job: "backup", registry, format: "text" as const, fetch };
  return { gateway: new Pushgateway("http://gateway", options), pages };
}

/** The samples of the last page. */
function samples(pages: readonly string[]) {
  const { families } = parse(pages.at(-1)!);
  return Object.fromEntries(
    families.flatMap(({ samples }) => samples.map(({ name, value }) => [name, value])),
  );
}

test("the page has the registry's metrics, the duration and when the job succeeded", async () => {
  vi.useFakeTimers({ now: 1_700_000_000_000, toFake: ["Date", "performance", "setTimeout"] });
  const registry = new Registry();
  const size = registry.gauge({ name: "size_bytes", help: "…" });
  const { gateway, pages } = gatewayOf(registry);
  const running = withPush(gateway, async () => {
    size.set(7);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return "result";
  });
  await vi.advanceTimersByTimeAsync(1500);
  expect(await running).toBe("result");
  expect(samples(pages)).toEqual({
    batch_job_duration_seconds: 1.5,
    batch_job_last_success_timestamp_seconds: 1_700_000_001.5,
    size_bytes: 7,
  });
  expect(registry.families().map(({ name }) => name)).not.toContain("batch_job_duration_seconds");
});

test("a job that throws is pushed, too, and its error passed on", async () => {
  const { gateway, pages } = gatewayOf(new Registry());
  const error = new Error("the disk is full");
  const work = () => {
    throw error;
  };
  await expect(withPush(gateway, work)).rejects.toBe(error);
  await expect(withPush(gateway, async () => work())).rejects.toBe(error);
  expect(pages.length).toBe(2);
  expect(Object.keys(samples(pages))).toEqual([
    "batch_job_duration_seconds",
    "batch_job_last_failure_timestamp_seconds",
  ]);
});

test("constant labels are those of the job's metrics, too", async () => {
  const registry = new Registry({ labels: { service: "articles" } });
  registry.counter({ name: "runs", help: "…" }).inc();
  const { gateway, pages } = gatewayOf(registry);
  await withPush(gateway, () => {});
  expect(pages[0]).toMatch(/^batch_job_duration_seconds\{service="articles"\} /m);
  expect(pages[0]).toMatch(/^runs_total\{service="articles"\} 1$/m);
});

test("a push that fails is reported, and changes nothing for the job", async () => {
  const warning = vi.spyOn(process, "emitWarning").mockReturnValue();
  const registry = new Registry();
  const heard: string[] = [];
  registry.onError(({ message }) => heard.push(message));
  const { gateway } = gatewayOf(registry, 500);
  const refusal =
    "add() to http://gateway/metrics/job/backup failed: the server answered 500: not today.";
  expect(await withPush(gateway, () => 5)).toBe(5);
  const work = () => Promise.reject(new Error("the disk is full"));
  await expect(withPush(gateway, work)).rejects.toThrow("the disk is full");
  expect(heard).toEqual([refusal, refusal]);
  expect(warning.mock.calls.map(([message]) => message)).toEqual(
    Array(2).fill(`The metrics of a batch job are not pushed: NarthexError: ${refusal}`),
  );
});

test.each([
  [undefined, () => 5, "withPush() was given undefined: pass a Pushgateway first"],
  [
    gatewayOf(new Registry()).gateway,
    Promise.resolve(5),
    "withPush() was given an object to run: pass a function, not its promise, as in withPush(gateway, () => backUp()).",
  ],
])("wrong arguments are refused (%#)", async (gateway, work, message) => {
  await expect(withPush(gateway as Pushgateway, work as () => number)).rejects.toThrow(message);
});
