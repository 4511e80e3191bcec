import { describe, expect, test } from "vitest";
import { vectors } from "../../test/conformance/vectors.ts";
import { LIVE_DATA, liveAnswer } from "./accept.ts";

const BROWSERS = [
  "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
  "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "text/html",
  "TEXT/HTML;q=0.9, */*;q=0.1",
];

test.each(BROWSERS)("a browser gets the page: %s", (accept) => {
  expect(liveAnswer(accept, "/metrics")).toBe("page");
  expect(liveAnswer(accept, "/metrics?name[]=up")).toBe("page");
  expect(liveAnswer(accept, "/metrics?live=off")).toBeUndefined();
});

test("the page gets its data", () => {
  expect(liveAnswer(LIVE_DATA, "/metrics?live=index")).toBe("data");
});

describe("what scrapers send gets what it got before", () => {
  test.each([
    undefined,
    "",
    "*/*",
    "text/plain",
    "text/*",
    "text/plain;version=0.0.4;q=1,*/*;q=0.1",
    "text/plain, text/html",
    "text/html;q=0.5, text/plain;q=0.6",
    "application/openmetrics-text;version=1.0.0,text/html",
    "text/html;q=0",
    "text/html;q=nonsense",
    "application/json",
    "nonsense/text/html",
    // What Java's HttpURLConnection sends by itself.
    "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
  ])("%s", (accept) => {
    expect(liveAnswer(accept, "/metrics")).toBeUndefined();
  });

  test("each version of Prometheus", async () => {
    const headers = JSON.stringify(await vectors("prometheus_accept_headers"));
    const found = headers.match(/"[^"]*text\/plain[^"]*"/g) ?? [];
    expect(found.length).toBeGreaterThan(3);
    for (const header of found) {
      expect(liveAnswer(JSON.parse(header), "/metrics")).toBeUndefined();
    }
  });
});
