import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Server } from "node:net";
import { isMetricsServer } from "../http/page/server.ts";
import { servesHttp } from "../http/server/servers.ts";
import type { Registry } from "../registry/registry.ts";

/** Calls `tell` whenever a server of the application listens for HTTP; the result ends that. */
export function onListening(tell: () => void): () => void {
  return onMessage<{ server: Server }>("tracing:net.server.listen:asyncEnd", ({ server }) => {
    if (servesHttp(server) && !isMetricsServer(server)) tell();
  });
}

/** Calls `tell` with each process that this one starts; the result ends that. */
export function onChildProcess(tell: (child: ChildProcess) => void): () => void {
  return onMessage<{ process: ChildProcess }>("child_process", (message) => tell(message.process));
}

function onMessage<Message>(channel: string, listener: (message: Message) => void): () => void {
  const guarded = (message: unknown) => {
    try {
      listener(message as Message);
    } catch {
      // An error in a subscriber would end the process.
    }
  };
  subscribe(channel, guarded);
  return () => void unsubscribe(channel, guarded);
}

/** The methods that add metrics to a registry. */
const MAKERS = [
  "counter",
  "gauge",
  "histogram",
  "summary",
  "info",
  "stateSet",
  "register",
] as const satisfies readonly (keyof Registry)[];

/** Calls `tell` whenever a metric is made in a registry; the result ends that. */
export function onOwnMetric(registry: Registry, tell: () => void): () => void {
  const methods = registry as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of MAKERS) {
    const make = methods[name]!;
    methods[name] = (...args) => {
      tell();
      return Reflect.apply(make, registry, args);
    };
  }
  return () => {
    for (const name of MAKERS) delete methods[name];
  };
}
