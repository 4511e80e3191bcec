import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { safely } from "./safely.ts";

/** Listens to channels of node's diagnostics until the result is called. */
export function listen(listeners: Readonly<Record<string, (message: never) => void>>): () => void {
  const all = Object.entries(listeners).map(([channel, listener]) => {
    const safe = (message: unknown) => safely(() => listener(message as never));
    subscribe(channel, safe);
    return { channel, safe };
  });
  return () => {
    for (const { channel, safe } of all) unsubscribe(channel, safe);
  };
}
