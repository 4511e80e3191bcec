import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HostLabels, serverOf } from "./host-labels.ts";

describe("the labels of a server", () => {
  test.each([
    ["http://example.com", "example.com", "example.com", "80", "http"],
    ["https://example.com", "example.com", "example.com", "443", "https"],
    ["http://example.com:80", "example.com", "example.com", "80", "http"],
    ["https://example.com:80", "example.com:80", "example.com", "80", "https"],
    ["HTTP://EXAMPLE.com:8080/A?b#c", "example.com:8080", "example.com", "8080", "http"],
    ["http://127.0.0.1:3000", "127.0.0.1:3000", "127.0.0.1", "3000", "http"],
    ["http://[::1]:3000", "[::1]:3000", "::1", "3000", "http"],
    ["http://bücher.example", "xn--bcher-kva.example", "xn--bcher-kva.example", "80", "http"],
    ["https://user:password@example.com", "example.com", "example.com", "443", "https"],
  ])("of %s", (origin, host, address, port, scheme) => {
    expect(serverOf(origin)).toEqual({ host, address, port, scheme });
  });

  test.each(["", "example.com", "http://", "http://a b", `http://${"a".repeat(300)}`, "undefined"])(
    "of %j, which is no server",
    (origin) => {
      expect(serverOf(origin)).toEqual({ host: "_other", address: "_other", port: "", scheme: "" });
    },
  );

  test("of more origins than are kept", () => {
    const origins = Array.from({ length: 2500 }, (_, i) => `http://host-${i}.example:81`);
    for (const origin of [...origins, ...origins]) {
      expect(serverOf(origin).host).toBe(origin.slice("http://".length));
    }
  });

  test("have nothing of a path, a query or credentials", () => {
    const secret = fc.stringMatching(/^[A-Z]{8}$/);
    const place = fc.constantFrom("//S@h", "//S:S@h", "//h/S", "//h?S", "//h#S", "//h/%2e?a=S&S");
    fc.assert(
      fc.property(secret, place, fc.constantFrom("http:", "https:"), (secret, place, scheme) => {
        const labels = serverOf(scheme + place.replaceAll("S", secret));
        expect(labels).toMatchObject({ host: "h", address: "h" });
      }),
    );
  });
});

test("so many hosts are told apart, and those that come later are one", () => {
  const hosts = new HostLabels(2);
  const hostOf = (origin: string) => hosts.bound(serverOf(origin)).host;
  expect(["nonsense", "http://a", "http://b", "http://c", "http://d:1"].map(hostOf)).toEqual([
    "_other",
    "a",
    "b",
    "_other",
    "_other",
  ]);
  expect(["https://a", "http://B"].map(hostOf)).toEqual(["a", "b"]);
});
