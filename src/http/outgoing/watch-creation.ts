import { Agent, ClientRequest } from "node:http";
import { listen } from "./listen.ts";
import { safely } from "./safely.ts";

/** Tells of each request of `node:http` and `node:https` when it is made, until stopped. */
export function watchCreation(notify: (request: ClientRequest) => void): () => void {
  if (isPublished(process.versions.node)) {
    return listen({
      "http.client.request.created": ({ request }: { readonly request: ClientRequest }) =>
        notify(request),
    });
  }
  const stops = [
    // Before it may have to wait for a connection.
    callBefore(Agent.prototype, "addRequest", (_agent, [request]) => notify(request as never)),
    // Without an agent of node's.
    callBefore(ClientRequest.prototype, "onSocket", (request) => notify(request as never)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

/** `http.client.request.start`, which older versions have, comes only when all of it was sent. */
function isPublished(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12);
}

type Method = (this: object, ...args: unknown[]) => unknown;

/** Calls something before each call of a method, until the result is called. */
function callBefore(
  owner: object,
  name: string,
  call: (self: object, args: readonly unknown[]) => void,
): () => void {
  const methods = owner as Record<string, Method>;
  const method = methods[name] as Method;
  let isOn = true;
  const replacement: Method = function (...args) {
    if (isOn) safely(() => call(this, args));
    return Reflect.apply(method, this, args);
  };
  methods[name] = replacement;
  return () => {
    isOn = false;
    // Whoever replaced it after this still calls what this calls.
    if (methods[name] === replacement) methods[name] = method;
  };
}
