import { type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { gzipSync } from "node:zlib";
import { Pushgateway as NarthexPushgateway } from "../../push/pushgateway/index.ts";
import { PROM_CLIENT_15 } from "./behaviour.ts";
import { isObject } from "./metrics/validation.ts";
import { Registry } from "./registry/registry.ts";

/** What is pushed, and under which labels. */
interface Parameters {
  readonly jobName?: string;
  readonly groupings?: Readonly<Record<string, string>> | null;
}

interface Answer {
  readonly resp: IncomingMessage;
  readonly body: string;
}

/** Options of the request, as `http.request` takes them, and one of prom-client's own. */
interface Options extends RequestOptions {
  readonly requireJobName?: boolean;
}

type Method = "push" | "add" | "delete";

/** Only what the options of the request say: the longest time of Node's timers. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

const HTTP_METHODS = { push: "PUT", add: "POST", delete: "DELETE" } as const;

export class Pushgateway {
  registry: Registry;
  gatewayUrl: string;
  requireJobName: boolean;
  requestOptions: RequestOptions;

  constructor(url: string, options?: Options | Registry | null, registry?: Registry) {
    const given = options instanceof Registry ? {} : (options ?? {});
    const { requireJobName = true, ...rest } = given;
    this.registry =
      registry ??
      (options instanceof Registry ? options : (this.behaviour.globalRegistry as Registry));
    this.gatewayUrl = url;
    this.requireJobName = requireJobName;
    this.requestOptions = rest;
  }

  /** Which of the two clients it behaves like. */
  get behaviour() {
    return PROM_CLIENT_15;
  }

  pushAdd(params: Parameters = {}): Promise<Answer> {
    this.#check(params);
    return this.#send("add", params);
  }

  push(params: Parameters = {}): Promise<Answer> {
    this.#check(params);
    return this.#send("push", params);
  }

  delete(params: Parameters = {}): Promise<Answer> {
    this.#check(params);
    return this.#send("delete", params);
  }

  /** Throws at once, as prom-client does, and not by a promise. */
  #check({ jobName }: Parameters): void {
    if (this.requireJobName && !jobName) throw new Error("Missing jobName parameter");
  }

  async #send(method: Method, { jobName, groupings }: Parameters): Promise<Answer> {
    if (!jobName) return this.#sendWithoutJob(method);
    let answer: Answer | undefined;
    let failure: unknown;
    const grouping = Object.entries(groupings ?? {}).map(([name, value]) => [name, `${value}`]);
    const gateway = new NarthexPushgateway(withoutQuery(this.gatewayUrl), {
      job: `${jobName}`,
      grouping: Object.fromEntries(grouping),
      replaceLabels: true,
      timeoutMs: NO_TIMEOUT_MS,
      registry: this.registry.narthex,
      gzip: this.#isCompressed,
      // The request is prom-client's, with its options for an agent or a certificate.
      fetch: async (url, { method, headers, body }: RequestInit = {}) => {
        try {
          answer = await this.#request(`${url}`, {
            method: method!,
            headers: Object.fromEntries(new Headers(headers)),
            body: body === undefined || body === null ? undefined : (body as Uint8Array),
          });
        } catch (error) {
          failure = error;
          throw error;
        }
        return new Response(null, { status: 200 });
      },
    });
    try {
      await gateway[method]();
    } catch (error) {
      throw failure ?? error;
    }
    return checked(answer!);
  }

  /** Some servers that take pushes know no jobs. */
  async #sendWithoutJob(method: Method): Promise<Answer> {
    const { pathname, origin } = new URL(this.gatewayUrl);
    const page = method === "delete" ? undefined : await this.registry.metrics();
    const body = page && (this.#isCompressed ? gzipSync(page) : Buffer.from(page));
    const url = `${origin}${pathname.replace(/\/+$/, "")}/metrics`;
    const headers = {};
    return checked(
      await this.#request(url, { method: HTTP_METHODS[method], headers, body: body || undefined }),
    );
  }

  get #isCompressed(): boolean {
    const { headers } = this.requestOptions;
    return isObject(headers) && Object(headers)["Content-Encoding"] === "gzip";
  }

  #request(
    url: string,
    { method, headers, body }: { method: string; headers: object; body: Uint8Array | undefined },
  ): Promise<Answer> {
    const own = { ...(this.requestOptions.headers as object | undefined) } as Record<
      string,
      string
    >;
    // Narthex compresses by itself, and says so.
    if (!("content-encoding" in headers) && body?.[0] !== 0x1f) delete own["Content-Encoding"];
    const send = url.startsWith("https:") ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const options = { ...this.requestOptions, method, headers: { ...headers, ...own } };
      const request = send(url, options as RequestOptions, (resp) => {
        let text = "";
        resp.setEncoding("utf8");
        resp.on("data", (chunk: string) => {
          text += chunk;
        });
        resp.on("end", () => resolve({ resp, body: text }));
      });
      request.on("error", reject);
      request.on("timeout", () => request.destroy(new Error("Pushgateway request timed out")));
      request.end(body);
    });
  }
}

/** The path of the group follows the path of the gateway, and prom-client drops what comes after that. */
function withoutQuery(url: string): string {
  return typeof url === "string" ? url.replace(/[?#].*$/s, "") : url;
}

function checked(answer: Answer): Answer {
  const { resp, body } = answer;
  if ((resp.statusCode ?? 0) < 400) return answer;
  throw new Error(`push failed with status ${resp.statusCode}, ${body}`);
}
