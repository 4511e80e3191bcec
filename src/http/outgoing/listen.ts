import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Warnings } from "../../warn.ts";

const warnings = new Warnings();

/**
 * Runs what measures a request, whose errors must not fail the request. Node would even end the
 * process: it treats an error in a subscriber of a diagnostics channel as an uncaught exception.
 */
export function safely<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    warnings.once("outgoing", `The metrics of outgoing requests failed: ${error}.`);
    return undefined;
  }
}

/**
 * Subscribes to diagnostics channels.
 *
 * @returns a function that unsubscribes
 */
export function listen(listeners: Readonly<Record<string, (message: never) => void>>): () => void {
  const all = Object.entries(listeners).map(([channel, listener]) => {
    const guarded = (message: unknown) => safely(() => listener(message as never));
    subscribe(channel, guarded);
    return { channel, guarded };
  });
  return () => {
    for (const { channel, guarded } of all) unsubscribe(channel, guarded);
  };
}
