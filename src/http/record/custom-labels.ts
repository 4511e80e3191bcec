import { invalidSetting } from "../../errors.ts";
import type { LabelValue } from "../../instruments/definition.ts";
import { warn } from "../../warn.ts";
import type { MeasuringOptions } from "../options.ts";
import type { HttpRequest } from "../request/http-request.ts";

const OTHER = "_other";
const FAILED = "_error";

/** The labels that a user computes from requests, each with a bounded number of values. */
export class CustomLabels {
  readonly names: readonly string[];
  readonly #labels: readonly CustomLabel[];

  constructor(labels: NonNullable<MeasuringOptions["labels"]>, limit: number) {
    for (const [name, compute] of Object.entries(labels)) {
      if (typeof compute === "function") continue;
      throw invalidSetting(
        "HTTP metrics",
        `labels.${name}`,
        compute,
        "use a function of the request",
      );
    }
    this.names = Object.keys(labels);
    this.#labels = Object.entries(labels).map(
      ([name, compute]) => new CustomLabel(name, compute, limit),
    );
  }

  /** Their values for a request, in the order of `names`. */
  read(request: { readonly view: HttpRequest }): readonly LabelValue[] {
    if (this.#labels.length === 0) return NONE;
    const { view } = request;
    return this.#labels.map((label) => label.read(view));
  }
}

const NONE: readonly LabelValue[] = [];

class CustomLabel {
  readonly #name: string;
  readonly #compute: (request: HttpRequest) => unknown;
  readonly #limit: number;
  readonly #seen = new Set<string>();
  #hasWarned = false;

  constructor(name: string, compute: (request: HttpRequest) => unknown, limit: number) {
    this.#name = name;
    this.#compute = compute;
    this.#limit = limit;
  }

  read(request: HttpRequest): string {
    let value: string;
    try {
      value = String(this.#compute(request) ?? "");
    } catch (error) {
      // A label that can't be computed must not cost the request its count.
      if (!this.#hasWarned) {
        this.#hasWarned = true;
        warn(`The label ${this.#name} of the HTTP metrics is ${FAILED}: ${error}.`);
      }
      return FAILED;
    }
    if (this.#seen.has(value)) return value;
    if (this.#seen.size >= this.#limit) return OTHER;
    this.#seen.add(value);
    return value;
  }
}
