import { invalidSetting } from "../../errors.ts";
import type { LabelValue } from "../../instruments/definition/labels.ts";
import { describe, Warnings } from "../../warn.ts";
import type { MeasuringOptions } from "../options.ts";
import type { HttpRequest } from "../request/http-request.ts";
import { BoundedValues, OTHER } from "./label-values.ts";

/** The value of a label that can't be computed. */
const FAILED = "_error";

/** Labels that the user computes from requests, each with a limited number of values. */
export class CustomLabels {
  readonly names: readonly string[];
  readonly #labels: readonly CustomLabel[];

  constructor(
    labels: NonNullable<MeasuringOptions["labels"]>,
    limit: number,
    onError: (error: unknown) => void = () => {},
  ) {
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
    const warnings = new Warnings();
    this.#labels = Object.entries(labels).map(
      ([name, compute]) =>
        new CustomLabel(name, compute, limit, (error, message) => {
          onError(error);
          warnings.once(name, message, error);
        }),
    );
  }

  /** The values of the labels for a request, in the order of `names`. */
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
  readonly #values: BoundedValues;
  readonly #onFailure: (error: unknown, message: string) => void;

  constructor(
    name: string,
    compute: (request: HttpRequest) => unknown,
    limit: number,
    onFailure: (error: unknown, message: string) => void,
  ) {
    this.#name = name;
    this.#compute = compute;
    this.#values = new BoundedValues(limit);
    this.#onFailure = onFailure;
  }

  read(request: HttpRequest): string {
    try {
      const value = String(this.#compute(request) ?? "");
      return this.#values.admits(value) ? value : OTHER;
    } catch (error) {
      // The request must be counted even if one of its labels can't be computed.
      const message = `The label ${this.#name} of the HTTP metrics is ${FAILED}: ${describe(error)}.`;
      this.#onFailure(error, message);
      return FAILED;
    }
  }
}
