import { type Channel, channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { processWide, SHARED } from "../../process-wide.ts";
import { describe, Warnings } from "../../warn.ts";

const warnings = new Warnings();

/**
 * Runs code that measures a request, whose errors must not reach the request. Node would even end the
 * process: it treats an error in a subscriber of a diagnostics channel as an uncaught exception.
 */
export function safely<Result>(
  work: () => Result,
  onError: (error: unknown) => void = () => {},
): Result | undefined {
  try {
    return work();
  } catch (error) {
    onError(error);
    warnings.once(
      "outgoing",
      `The metrics of outgoing requests failed: ${describe(error)}.`,
      error,
    );
    return undefined;
  }
}

type Listener = (message: never) => void;

/** Our one subscription to a channel. Copies of this package share it, with these fields. */
interface Subscription {
  listeners: Set<Listener>;
  readonly subscriber: (message: unknown) => void;
}

type SharedChannel = Channel & { [SHARED]?: Subscription };

/** The listeners of this global scope, by channel. */
const listenersOf = processWide("outgoing.listeners", () => new Map<string, Set<Listener>>());

/**
 * Listens to diagnostics channels.
 *
 * Subscriptions outlive the global scope in which a test runner loads this file. So there is one for
 * each channel, which calls the listeners of the newest scope; the tests of older ones are over.
 *
 * @returns a function that ends it
 */
export function listen(listeners: Readonly<Record<string, Listener>>): () => void {
  const stops = Object.entries(listeners).map(([name, listener]) => listenTo(name, listener));
  return () => {
    for (const stop of stops) stop();
  };
}

function listenTo(name: string, listener: Listener): () => void {
  const listeners = listenersOf.get(name) ?? new Set();
  listenersOf.set(name, listeners.add(listener));
  const shared: SharedChannel = channel(name);
  shared[SHARED] ??= subscribed(name, listeners);
  shared[SHARED].listeners = listeners;
  return () => {
    listeners.delete(listener);
    const subscription = shared[SHARED];
    if (listeners.size > 0 || subscription?.listeners !== listeners) return;
    delete shared[SHARED];
    unsubscribe(name, subscription.subscriber);
  };
}

function subscribed(name: string, listeners: Set<Listener>): Subscription {
  const subscription: Subscription = {
    listeners,
    subscriber: (message) => {
      for (const listener of subscription.listeners) safely(() => listener(message as never));
    },
  };
  subscribe(name, subscription.subscriber);
  return subscription;
}
