import { channel } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import { nodeModule } from "../../node-module.ts";
import { SHARED } from "../../process-wide.ts";
import { ABORTED, failureLabel } from "./labels.ts";
import { listen, safely } from "./listen.ts";
import type { OutgoingRecorder } from "./recorder.ts";
import { MeasuredRequests, type OutgoingRequest } from "./request.ts";

interface NodeRequest extends ClientRequest {
  /** The response, also to an upgrade or a `CONNECT`, which Node's channels leave out. */
  readonly res?: IncomingMessage | null;
}

interface FailedMessage {
  readonly request: NodeRequest;
  readonly error: Partial<NodeJS.ErrnoException>;
}

/**
 * Measures the requests of `node:http` and `node:https`.
 *
 * @returns a function that ends it
 */
export function measureNode(recorder: OutgoingRecorder): () => void {
  const requests = new MeasuredRequests();
  const begin = (request: NodeRequest) => {
    if (requests.has(request)) return;
    const { method, path } = request;
    const outgoing = recorder.begin(method, originOf(request), path);
    requests.set(request, outgoing);
    // `close` is always the last event: after the end of the response, a failure, or an upgrade.
    if (outgoing !== undefined) {
      request.once("close", () => safely(() => end(outgoing, request)));
    }
  };
  const fail = ({ request, error }: FailedMessage) => {
    const outgoing = requests.get(request);
    if (outgoing === undefined) return;
    outgoing.status = request.res?.statusCode ?? 0;
    outgoing.end(isAborted(request, error) ? ABORTED : failureLabel(error));
  };
  // The program got an error and no request, so there is nothing to measure.
  const withdraw = (request: NodeRequest) => requests.get(request)?.withdraw();
  const stops = [onCreation(begin, withdraw), listen({ "http.client.request.error": fail })];
  return () => {
    for (const stop of stops) stop();
  };
}

function end(outgoing: OutgoingRequest, { res: response }: NodeRequest): void {
  outgoing.status = response?.statusCode ?? 0;
  if (response?.complete) outgoing.end();
  else outgoing.end(response?.errored ? failureLabel(response.errored) : ABORTED);
}

/** Node makes up a connection reset for a request that was destroyed without an error. */
function isAborted({ destroyed, aborted }: NodeRequest, error: FailedMessage["error"]): boolean {
  const isMadeUp = error.code === "ECONNRESET" && error.syscall === undefined;
  return isMadeUp && (destroyed || aborted);
}

/**
 * Where a request is sent. The port is only in the header `Host`, and that may name another host: a
 * proxy, for example, passes on the header of its own client.
 */
function originOf(request: NodeRequest): string {
  const { protocol, host } = request;
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const header = String(request.getHeader("host"));
  return `${protocol}//${header.startsWith(`${name}:`) ? header : name}`;
}

/** Where we publish new requests, if this version of Node doesn't; it has the version of `SHARED`. */
const CREATED = channel(`${SHARED.description}.http.client.request.created`);

/** Where we publish those new requests whose function threw at once. */
const REFUSED = channel(`${SHARED.description}.http.client.request.refused`);

interface RequestMessage {
  readonly request: NodeRequest;
}

/**
 * Calls `begin` with each new request, and `withdraw` with one that threw at once, which newer versions
 * of Node don't publish at all. The result ends that.
 */
function onCreation(
  begin: (request: NodeRequest) => void,
  withdraw: (request: NodeRequest) => void,
): () => void {
  const created = ({ request }: RequestMessage) => begin(request);
  const refused = ({ request }: RequestMessage) => withdraw(request);
  if (isPublished(process.versions.node)) return listen({ "http.client.request.created": created });
  const unlisten = listen({ [String(CREATED.name)]: created, [String(REFUSED.name)]: refused });
  const { Agent, ClientRequest } = nodeModule("http");
  // Called before the request may have to wait for a connection.
  publishFrom(Agent.prototype, "addRequest", (_agent, [request]) => request);
  // Called for requests without an agent of Node's.
  publishFrom(ClientRequest.prototype, "onSocket", (request) => request);
  return () => {
    unlisten();
    if (CREATED.hasSubscribers) return;
    restore(Agent.prototype, "addRequest");
    restore(ClientRequest.prototype, "onSocket");
  };
}

/** Older versions only have `http.client.request.start`, which comes when the whole request was sent. */
function isPublished(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12);
}

interface Method {
  (this: object, ...args: unknown[]): unknown;
  /** The method that this one replaced. It also marks our patch for all copies of this package. */
  [SHARED]?: Method;
}

/** Patches a method to publish its request; only once, however many copies of this package there are. */
function publishFrom(
  owner: object,
  name: string,
  requestOf: (self: object, args: readonly unknown[]) => unknown,
): void {
  const methods = owner as Record<string, Method>;
  const method = methods[name] as Method;
  if (method[SHARED] !== undefined) return;
  const replacement: Method = function (...args) {
    if (!CREATED.hasSubscribers) return Reflect.apply(method, this, args);
    const request = requestOf(this, args);
    CREATED.publish({ request });
    try {
      return Reflect.apply(method, this, args);
    } catch (error) {
      REFUSED.publish({ request });
      throw error;
    }
  };
  replacement[SHARED] = method;
  methods[name] = replacement;
}

/** Removes the patch, unless somebody has patched the method again: that patch would be lost. */
function restore(owner: object, name: string): void {
  const methods = owner as Record<string, Method>;
  const replaced = methods[name]?.[SHARED];
  if (replaced !== undefined) methods[name] = replaced;
}
