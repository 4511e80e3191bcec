import { invalidSetting } from "../../errors.ts";
import type { MeasuringOptions } from "../options.ts";
import { type HttpRequest, pathOf } from "../request/http-request.ts";

/** Whether a request is left out. */
export type Excludes = (request: HttpRequest) => boolean;

/** The option `exclude` as one predicate; undefined where nothing is left out. */
export function excluding(exclude: MeasuringOptions["exclude"]): Excludes | undefined {
  if (exclude === undefined) return undefined;
  if (typeof exclude === "function") return exclude;
  const paths = new Set<string>();
  const patterns: RegExp[] = [];
  if (!Array.isArray(exclude)) throw invalid(exclude);
  for (const entry of exclude) {
    if (typeof entry === "string") paths.add(entry);
    else if (entry instanceof RegExp) patterns.push(entry);
    else throw invalid(entry);
  }
  return ({ url }) => {
    const path = pathOf(url);
    // `search` has no memory of the last match, as `test` of a sticky pattern has.
    return paths.has(path) || patterns.some((pattern) => path.search(pattern) >= 0);
  };
}

function invalid(value: unknown): Error {
  return invalidSetting(
    "HTTP metrics",
    "exclude",
    value,
    "use an array of paths and regular expressions, or a function of the request",
  );
}
