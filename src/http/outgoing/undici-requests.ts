import { failureLabel } from "./labels.ts";
import { listen, safely } from "./listen.ts";
import type { OutgoingRecorder } from "./recorder.ts";
import { MeasuredRequests, type OutgoingRequest } from "./request.ts";

/** A request, as undici publishes it. */
interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL;
  readonly path: string;
  /** The protocol to upgrade to, such as `websocket`. */
  readonly upgrade?: string | null;
  onUpgrade?: (status: number, ...rest: unknown[]) => unknown;
}

interface UndiciMessage {
  readonly request: UndiciRequest;
}

/**
 * Measures the requests of undici: of the one in Node, which `fetch` uses, and of an installed one.
 *
 * @returns a function that ends it
 */
export function measureUndici(recorder: OutgoingRecorder): () => void {
  const requests = new MeasuredRequests();
  return listen({
    "undici:request:create": ({ request }: UndiciMessage) => {
      const { method, origin, path } = request;
      const outgoing = recorder.begin(method, String(origin), path);
      if (outgoing === undefined) return;
      requests.set(request, outgoing);
      if (request.upgrade || method === "CONNECT") endWithUpgrade(request, outgoing);
    },
    "undici:request:headers": ({
      request,
      response: { statusCode },
    }: UndiciMessage & { readonly response: { readonly statusCode: number } }) => {
      const outgoing = requests.get(request);
      // A status below 200 is not the response yet, but early hints, for example.
      if (outgoing !== undefined && statusCode >= 200) outgoing.status = statusCode;
    },
    "undici:request:trailers": ({ request }: UndiciMessage) => {
      requests.get(request)?.end();
    },
    "undici:request:error": ({ request, error }: UndiciMessage & { readonly error: unknown }) => {
      requests.get(request)?.end(failureLabel(error));
    },
  });
}

/** Ends the measurement when the connection is upgraded, which older versions of undici don't publish. */
function endWithUpgrade(request: UndiciRequest, outgoing: OutgoingRequest): void {
  const { onUpgrade } = request;
  if (onUpgrade === undefined) return;
  request.onUpgrade = (status, ...rest) => {
    safely(() => {
      outgoing.status = status;
      outgoing.end();
    });
    return Reflect.apply(onUpgrade, request, [status, ...rest]);
  };
}
