import { failureLabel } from "./failure-label.ts";
import { listen } from "./listen.ts";
import { MeasuredRequests } from "./measured-requests.ts";
import type { OutgoingRecorder } from "./recorder.ts";
import type { OutgoingRequest } from "./request.ts";

/** As undici publishes it. */
interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL;
  readonly path: string;
  /** The protocol that is asked for, such as `websocket`. */
  readonly upgrade?: string | null;
  onUpgrade?: (status: number, ...rest: unknown[]) => unknown;
}

interface UndiciMessage {
  readonly request: UndiciRequest;
}

/** Measures what undici sends, node's own behind `fetch` or an installed one, until stopped. */
export function watchUndici(recorder: OutgoingRecorder): () => void {
  const requests = new MeasuredRequests();
  return listen({
    "undici:request:create": ({ request }: UndiciMessage) => {
      const { method, origin, path } = request;
      const outgoing = recorder.begin(method, String(origin), path);
      if (outgoing === undefined) return;
      requests.set(request, outgoing);
      if (request.upgrade || method === "CONNECT") noticeUpgrade(request, outgoing);
    },
    "undici:request:headers": ({
      request,
      response: { statusCode },
    }: UndiciMessage & { readonly response: { readonly statusCode: number } }) => {
      const outgoing = requests.get(request);
      // Below are early hints and the like, which come before the response.
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

/** Ends with the upgrade, of which older versions of undici publish nothing. */
function noticeUpgrade(request: UndiciRequest, outgoing: OutgoingRequest): void {
  const { onUpgrade } = request;
  if (onUpgrade === undefined) return;
  request.onUpgrade = (status, ...rest) => {
    outgoing.status = status;
    outgoing.end();
    return Reflect.apply(onUpgrade, request, [status, ...rest]);
  };
}
