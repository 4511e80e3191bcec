import { show, wrongArgument } from "../errors.ts";
import { base64 } from "./base64.ts";

/** Who pushes, as `basic` and `bearer` make it. Printing it does not show the secret. */
export interface Authorization {
  /** The value of the `Authorization` header. */
  header(): string;
  /** A text without the secrets, which a server may have put into its answer. */
  redact(text: string): string;
}

/**
 * A name and its password, for a server that asks for basic authentication, as a Pushgateway with
 * `--web.config.file` does.
 *
 * @throws NarthexError `NARTHEX_OPTION_INVALID` unless both are strings and the name has no colon
 * @example
 * const authorization = basic("backup", process.env.PUSH_PASSWORD ?? "");
 * const gateway = new Pushgateway("https://push.example.org", { job: "backup", authorization });
 */
export function basic(name: string, password: string): Authorization {
  if (typeof name !== "string" || name.includes(":") || CONTROL.test(name)) {
    const given = typeof name === "string" ? `the name ${show(name)}` : `${show(name)} as the name`;
    throw wrongArgument("basic()", given, 'use a name without a colon, as in basic("backup", "…")');
  }
  if (typeof password !== "string" || CONTROL.test(password)) {
    const given = `${kindOf(password)} as the password`;
    throw wrongArgument("basic()", given, 'use a string of one line, as in basic("backup", "…")');
  }
  return authorization("Basic", base64(`${name}:${password}`), password);
}

/**
 * A token, for a server that asks for one.
 *
 * @throws NarthexError `NARTHEX_OPTION_INVALID` if it has other characters than visible ones of ASCII
 * @example
 * const authorization = bearer(process.env.PUSH_TOKEN ?? "a-token");
 * const gateway = new Pushgateway("https://push.example.org", { job: "backup", authorization });
 */
export function bearer(token: string): Authorization {
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    throw wrongArgument(
      "bearer()",
      kindOf(token),
      "use visible ASCII characters, and at least one",
    );
  }
  return authorization("Bearer", token);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 7617 forbids them.
const CONTROL = /[\0-\x1f\x7f]/;

function authorization(scheme: string, credentials: string, password = ""): Authorization {
  const secrets = [credentials, password].filter((secret) => secret.length > 0);
  return {
    header: () => `${scheme} ${credentials}`,
    redact: (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, "…"), text),
  };
}

/** What a value is, as messages say it: the value may be a secret. */
function kindOf(value: unknown): string {
  if (value === "") return "an empty string";
  return typeof value === "string" ? "a string of other characters" : show(value);
}
