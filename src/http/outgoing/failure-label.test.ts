import { errors } from "undici";
import { expect, test } from "vitest";
import { failureLabel } from "./failure-label.ts";

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
