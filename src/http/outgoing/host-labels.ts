/** The server of a request, as labels name it. */
export interface ServerLabels {
  /** `example.com`, `127.0.0.1:8080`: without the default port of its scheme. */
  readonly host: string;
  readonly address: string;
  readonly port: string;
  readonly scheme: string;
}

const OTHER: ServerLabels = { host: "_other", address: "_other", port: "", scheme: "" };

/** A name in the DNS has at most 253 characters; then there is the port. */
const MAX_LENGTH = 253 + ":65535".length;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

const MAX_KNOWN = 1000;

/** What origins were parsed to: it takes as long as all else that is done for a request. */
const known = new Map<string, ServerLabels>();

/** @param origin a URL; nothing but its scheme, host and port gets into labels */
export function serverOf(origin: string): ServerLabels {
  const before = known.get(origin);
  if (before !== undefined) return before;
  if (known.size >= MAX_KNOWN) known.clear();
  const server = parsed(origin);
  known.set(origin, server);
  return server;
}

function parsed(origin: string): ServerLabels {
  let url: URL;
  try {
    url = new URL(origin);
  } catch {
    return OTHER;
  }
  const { host, hostname, port, protocol } = url;
  if (host === "" || host.length > MAX_LENGTH) return OTHER;
  return {
    host,
    address: hostname.replace(/^\[|\]$/g, ""),
    port: port || (DEFAULT_PORTS[protocol] ?? ""),
    scheme: protocol.slice(0, -1),
  };
}

/** Tells a number of hosts apart; those that come later share one name. */
export class HostLabels {
  readonly #limit: number;
  readonly #hosts = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  bound(server: ServerLabels): ServerLabels {
    const { host } = server;
    if (server === OTHER || this.#hosts.has(host)) return server;
    if (this.#hosts.size >= this.#limit) return OTHER;
    this.#hosts.add(host);
    return server;
  }
}
