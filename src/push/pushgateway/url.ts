import { invalidSetting, show, wrongArgument } from "../../errors.ts";
import { type Authorization, basic } from "../authorization.ts";
import { WHERE } from "./group.ts";

/** Where a gateway is, and who pushes to it. */
export interface Place {
  /** Without credentials, and without a slash at its end. */
  readonly url: string;
  readonly authorization: Authorization | undefined;
}

const RULE = 'use an http or https URL, as in "http://127.0.0.1:9091"';

/**
 * Takes a name and password out of the URL: fetch refuses them there, and no message must show them.
 *
 * @throws unless it is a URL below which a gateway can be
 */
export function locate(given: unknown, authorization: Authorization | undefined): Place {
  const text = given instanceof URL ? given.href : given;
  if (typeof text !== "string") throw invalidSetting(WHERE, "url", text, RULE);
  const shown = text.replace(/^.*@/s, "…@");
  const refuse = (rule: string) => invalidSetting(WHERE, "url", shown, rule);
  if (!URL.canParse(text)) throw refuse(RULE);
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw refuse(RULE);
  if (url.search !== "" || url.hash !== "") throw refuse("leave out what follows its path");
  if (/\/metrics(\/job\b.*)?\/*$/.test(url.pathname)) {
    throw refuse("leave out /metrics and what follows: the path of the group is added");
  }
  checkAuthorization(authorization);
  const isNamed = url.username !== "" || url.password !== "";
  if (isNamed && authorization !== undefined) {
    throw refuse("it has credentials, and so has the option authorization: use one of them");
  }
  return {
    url: url.origin + url.pathname.replace(/\/+$/, ""),
    authorization: isNamed ? basic(decoded(url.username), decoded(url.password)) : authorization,
  };
}

function checkAuthorization(authorization: unknown): void {
  if (authorization === undefined) return;
  const { header, redact } = Object(authorization) as Partial<Authorization>;
  if (typeof header === "function" && typeof redact === "function") return;
  const rule = "use basic(name, password) or bearer(token) of narthex/pushgateway";
  const kind = typeof authorization === "string" ? "a string" : show(authorization);
  throw wrongArgument(WHERE, `${kind} as the option authorization`, rule);
}

/** Percent signs that encode nothing stand for themselves. */
function decoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
