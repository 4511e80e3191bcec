import type { ClientRequest, IncomingMessage } from "node:http";
import { ABORTED, failureLabel } from "./failure-label.ts";
import { listen } from "./listen.ts";
import { MeasuredRequests } from "./measured-requests.ts";
import type { OutgoingRecorder } from "./recorder.ts";
import type { OutgoingRequest } from "./request.ts";
import { safely } from "./safely.ts";
import { watchCreation } from "./watch-creation.ts";

interface NodeRequest extends ClientRequest {
  /** The response, also of an upgrade or a tunnel, of which node publishes nothing. */
  readonly res?: IncomingMessage | null;
}

interface FailedMessage {
  readonly request: NodeRequest;
  readonly error: Partial<NodeJS.ErrnoException>;
}

/** Measures what `node:http` and `node:https` send, until stopped. */
export function watchNode(recorder: OutgoingRecorder): () => void {
  const requests = new MeasuredRequests();
  const begin = (request: NodeRequest) => {
    if (requests.has(request)) return;
    const { method, path } = request;
    const outgoing = recorder.begin(method, originOf(request), path);
    requests.set(request, outgoing);
    // Always the last event: after the end of the response, a failure, or an upgrade.
    if (outgoing !== undefined) {
      request.once("close", () => safely(() => end(outgoing, request)));
    }
  };
  const fail = ({ request, error }: FailedMessage) => {
    const outgoing = requests.get(request);
    if (outgoing === undefined) return;
    outgoing.status = request.res?.statusCode ?? 0;
    outgoing.end(isGivenUp(request, error) ? ABORTED : failureLabel(error));
  };
  const stops = [watchCreation(begin), listen({ "http.client.request.error": fail })];
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
function isGivenUp({ destroyed, aborted }: NodeRequest, error: FailedMessage["error"]): boolean {
  const isMadeUp = error.code === "ECONNRESET" && error.syscall === undefined;
  return isMadeUp && (destroyed || aborted);
}

/**
 * Where a request is sent. Node keeps no port with it but in the header `Host`, which may name
 * another host: a proxy, for one, passes on what its own client sent.
 */
function originOf(request: NodeRequest): string {
  const { protocol, host } = request;
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const header = String(request.getHeader("host"));
  return `${protocol}//${header.startsWith(`${name}:`) ? header : name}`;
}
