import type { Authorization } from "./authorization.ts";

/** A request to a server that takes metrics. */
export interface PushRequest {
  readonly url: string;
  readonly method: "PUT" | "POST" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly authorization: Authorization | undefined;
  /** How long the server may take to answer. */
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
}

/** Why a request failed. */
export interface PushFailure {
  /** The rest of a sentence, with the server's own words; without credentials. */
  readonly reason: string;
  readonly cause?: unknown;
}

/** As much of an answer's text as messages show. */
const LONGEST_ANSWER = 1000;

/** Sends a request. It never throws, and gives undefined if the server took it. */
export async function send(request: PushRequest): Promise<PushFailure | undefined> {
  const { authorization, timeoutMs, url, method, headers, body } = request;
  const redact = (text: string) => authorization?.redact(text) ?? text;
  try {
    const response = await request.fetch.call(globalThis, url, {
      method,
      headers: authorization ? { ...headers, authorization: authorization.header() } : headers,
      body: body ?? null,
      // After a redirect, fetch would send a GET, or the credentials to another server.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.ok) {
      // The status is the answer; who waits for the rest would wait for a server that hangs.
      await response.body?.cancel();
      return undefined;
    }
    return { reason: redact(await refusal(response, authorization !== undefined)) };
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    const reason = isLate ? `no answer within ${timeoutMs} ms` : reasonOf(error);
    return { reason: redact(reason), cause: error };
  }
}

async function refusal(response: Response, isAuthorized: boolean): Promise<string> {
  const { status, headers } = response;
  const said = await startOf(response);
  const answer = `the server answered ${status}${said === "" ? "" : `: ${said}`}`;
  if (status >= 300 && status < 400) {
    return `${answer}: it redirects${placeOf(headers.get("location"))}, and requests to push are not repeated there`;
  }
  if (status !== 401) return answer;
  const wayOut = isAuthorized
    ? "the option authorization is refused"
    : "use the option authorization";
  return `${answer}: ${wayOut}`;
}

/** The start of an answer in one line; empty where it can't be read. */
async function startOf({ body }: Response): Promise<string> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  try {
    while (text.length < LONGEST_ANSWER) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // The server cut the connection, or does not end its answer: what is there has to do.
  }
  await reader.cancel().catch(() => {});
  const line = text.replaceAll(/\s+/g, " ").trim().replace(/\.$/, "");
  return line.length > LONGEST_ANSWER ? `${line.slice(0, LONGEST_ANSWER)}…` : line;
}

/** Where a redirect leads to, without credentials and parameters. */
function placeOf(location: string | null): string {
  if (location === null || !URL.canParse(location)) return "";
  const { origin, pathname } = new URL(location);
  return ` to ${origin}${pathname}`;
}

/** fetch has the reason as its error's cause; of several addresses that were tried, there is only a code. */
function reasonOf(error: unknown): string {
  const { cause = error } = Object(error) as { readonly cause?: unknown };
  const { message, code } = Object(cause) as {
    readonly message?: unknown;
    readonly code?: unknown;
  };
  return String(message || code || error).replace(/\.$/, "");
}
