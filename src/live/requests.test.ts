import { afterEach, expect, test, vi } from "vitest";
import { DistributionHistory } from "./history/distribution.ts";
import { NumbersHistory } from "./history/numbers.ts";
import { RequestLog } from "./requests.ts";

afterEach(() => void vi.useRealTimers());

const MINUTE = 60_000;
const none = () => undefined;

function ended(changes: object = {}) {
  return { method: "GET", route: "/a", status: 200, outcome: "ok", seconds: 0.1, ...changes };
}

test("lists the slowest requests of the history, and the newest that failed", () => {
  vi.useFakeTimers({ now: 1e12 });
  const log = new RequestLog(10 * MINUTE);
  log.end(undefined, ended({ seconds: 3, route: "/old" }), none);
  vi.setSystemTime(1e12 + 5 * MINUTE);
  log.end(undefined, ended({ seconds: 1 }), none);
  log.end(undefined, ended({ status: 503, outcome: "server_error", seconds: 2 }), () => "abc");
  log.end(undefined, ended({ status: 404, outcome: "client_error" }), none);
  expect(log.lists().slow.map(({ seconds }) => seconds)).toEqual([3, 2, 1, 0.1]);
  expect(log.lists().failed).toMatchObject([{ status: 503, traceId: "abc", route: "/a" }]);
  vi.setSystemTime(1e12 + 12 * MINUTE);
  expect(log.lists().slow.map(({ route }) => route)).not.toContain("/old");
});

test("asks for the trace of those alone that it lists", () => {
  const log = new RequestLog(10 * MINUTE);
  for (let i = 0; i < 20; i++) log.end(undefined, ended({ seconds: 1 }), none);
  const traceId = vi.fn(() => "abc");
  log.end(undefined, ended({ seconds: 0.5 }), traceId);
  expect(traceId).not.toHaveBeenCalled();
});

test("its lists are bounded", () => {
  const log = new RequestLog(10 * MINUTE);
  for (let i = 0; i < 2000; i++) {
    log.end(undefined, ended({ outcome: "aborted", status: 499, seconds: i }), none);
  }
  const { slow, failed } = log.lists();
  expect([slow.length, failed.length]).toEqual([20, 50]);
  expect(slow[0]!.seconds).toBe(1999);
});

test("knows what runs and which request is the oldest", () => {
  const log = new RequestLog(10 * MINUTE);
  const [first, second, excluded] = [{}, {}, {}];
  for (const request of [first, second, excluded]) log.begin(request);
  log.withdraw(excluded);
  log.end(first, ended(), none);
  const [requests, running] = [new NumbersHistory("rate"), new NumbersHistory("value")];
  log.sample(requests, new DistributionHistory(), running);
  running.push({ fine: 0, coarse: undefined }, 1, 600);
  const { tracks } = running.at([{ time: 1, resolution: "fine", row: 0 }]);
  expect(tracks).toMatchObject([
    { labels: [["requests", "in flight"]], values: [1] },
    { labels: [["requests", "oldest"]], values: [expect.any(Number)] },
  ]);
});
