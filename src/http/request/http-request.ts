import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";

/** A request as options see it, on every framework the same. */
export interface HttpRequest {
  /** Such as `GET`, as the client sent it. */
  readonly method: string;
  /** Path and query, as the client sent them. */
  readonly url: string;
  /** One of the request's headers, whatever case its name is given in. */
  header(name: string): string | undefined;
  /** The request itself: Node's, the stream of HTTP/2, or a `Request` where there is no Node. */
  readonly raw: IncomingMessage | ServerHttp2Stream | Request;
}

/** A request of Node's HTTP. */
export class NodeHttpRequest implements HttpRequest {
  readonly raw: IncomingMessage;
  readonly url: string;

  /** @param url the URL as the client sent it; frameworks change the one of `raw` */
  constructor(raw: IncomingMessage, url = raw.url) {
    this.raw = raw;
    this.url = url ?? "/";
  }

  get method(): string {
    return this.raw.method ?? "GET";
  }

  header(name: string): string | undefined {
    return headerIn(this.raw.headers, name);
  }
}

/** One of Node's headers, whose names are in lower case. */
export function headerIn(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(",") : value;
}

/** Whether a request came by TLS. A request that a test makes may have no socket. */
export function isEncrypted({ socket }: { readonly socket: Socket | undefined }): boolean {
  return socket !== undefined && socket !== null && "encrypted" in socket;
}

/** A request of the fetch API. */
export class FetchHttpRequest implements HttpRequest {
  readonly raw: Request;

  constructor(raw: Request) {
    this.raw = raw;
  }

  get method(): string {
    return this.raw.method;
  }

  get url(): string {
    const { url } = this.raw;
    const path = url.indexOf("/", url.indexOf("://") + 3);
    return path < 0 ? "/" : url.slice(path);
  }

  header(name: string): string | undefined {
    return this.raw.headers.get(name) ?? undefined;
  }
}

/** The path of a request's URL, without the query. */
export function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}
