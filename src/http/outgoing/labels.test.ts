import fc from "fast-check";
import { errors } from "undici";
import { describe, expect, test } from "vitest";
import { failureLabel, serverOf } from "./labels.ts";

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

describe("the label of a failure", () => {
  function withCode(code: unknown): Error {
    return Object.assign(new Error("failed"), { code });
  }

  test.each([
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ETIMEDOUT",
    "EPIPE",
    "EHOSTUNREACH",
    "UND_ERR_CONNECT_TIMEOUT",
    "HPE_INVALID_CONSTANT",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "CERT_HAS_EXPIRED",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
  ])("%s is its own label", (code) => {
    expect(failureLabel(withCode(code))).toBe(code);
  });

  test.each([
    [errors.ConnectTimeoutError, "UND_ERR_CONNECT_TIMEOUT"],
    [errors.HeadersTimeoutError, "UND_ERR_HEADERS_TIMEOUT"],
    [errors.BodyTimeoutError, "UND_ERR_BODY_TIMEOUT"],
    [errors.SocketError, "UND_ERR_SOCKET"],
    [errors.ClientDestroyedError, "UND_ERR_DESTROYED"],
    [errors.ResponseExceededMaxSizeError, "UND_ERR_RES_EXCEEDED_MAX_SIZE"],
    [errors.RequestAbortedError, "aborted"],
  ])("undici's %o is %s", (Failure, label) => {
    expect(failureLabel(new Failure())).toBe(label);
  });

  test("a signal's abort and its timeout, as fetch and as node:http tell of them", () => {
    const aborted = new DOMException("", "AbortError");
    const timeout = new DOMException("", "TimeoutError");
    const wrapped = (cause: unknown) =>
      Object.assign(new Error("", { cause }), { name: "AbortError" });
    expect([aborted, timeout, wrapped(aborted), wrapped(timeout)].map(failureLabel)).toEqual([
      "aborted",
      "timeout",
      "aborted",
      "timeout",
    ]);
  });

  test.each([
    undefined,
    null,
    "a reason",
    42,
    {},
    new Error("failed"),
    withCode("USER_42"),
    withCode("econnreset"),
    withCode("ERR_with secrets"),
    withCode(`ERR_${"A".repeat(100)}`),
    withCode(20),
    new AggregateError([withCode("ECONNREFUSED")]),
  ])("%s is one of the others", (error) => {
    expect(failureLabel(error)).toBe("_other");
  });
});
