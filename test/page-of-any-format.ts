import type { FormatName } from "../src/exposition/formats.ts";
import { negotiate } from "../src/exposition/negotiate.ts";
import { parse } from "../src/exposition/parse/parse.ts";
import type { Registry } from "../src/index.ts";
import type { EscapingScheme } from "../src/model/escaping.ts";
import { exposedName } from "../src/model/family.ts";
import { decodePage, type Message } from "./protobuf-page.ts";
import { parseTextPage } from "./text-page.ts";

const MEDIA_TYPES: { readonly [Format in FormatName]: string } = {
  "text-0.0.4": "text/plain;version=0.0.4",
  "text-1.0.0": "text/plain;version=1.0.0",
  "openmetrics-1.0": "application/openmetrics-text;version=1.0.0",
  "openmetrics-2.0": "application/openmetrics-text;version=2.0.0-rc0",
  protobuf:
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
};

export const FORMATS = Object.keys(MEDIA_TYPES) as FormatName[];
export const ESCAPINGS: readonly EscapingScheme[] = [
  "allow-utf-8",
  "underscores",
  "dots",
  "values",
];

/** The `Accept` header of a scraper that accepts only this format. */
export function acceptOf(format: FormatName, escaping: EscapingScheme): string {
  return `${MEDIA_TYPES[format]};escaping=${escaping}`;
}

/** A page in a form that all formats share. */
interface AnyPage {
  readonly format: FormatName;
  /** The scheme in use, which can differ from the requested one, as formats support different schemes. */
  readonly escaping: EscapingScheme;
  readonly body: Uint8Array;
  /** The help texts by the families' names on the page. */
  readonly helps: ReadonlyMap<string, string>;
  readonly samples: readonly AnySample[];
}

interface AnySample {
  /** The family's name on the page. */
  readonly family: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The value of a counter or a gauge. */
  readonly value: unknown;
}

/** Exposes a registry and reads the page with an independent reader of its format; throws on a corrupt page. */
export async function readPage(
  registry: Registry,
  format: FormatName,
  wanted: EscapingScheme,
): Promise<AnyPage> {
  const accept = acceptOf(format, wanted);
  const { escaping } = negotiate(accept);
  const { body, contentType } = await registry.expose({ accept });
  if (format === "text-0.0.4")
    parseTextPage(new TextDecoder("utf-8", { fatal: true }).decode(body));
  const read = format === "protobuf" ? readProtobuf(body) : readText(body, contentType);
  return { format, escaping, body, ...read };
}

function readText(body: Uint8Array, contentType: string) {
  const { families } = parse(body, { contentType });
  return {
    helps: new Map(families.map((family) => [exposedName(family), family.help])),
    samples: families.flatMap((family) =>
      family.samples.map(({ labels, value }) => ({ family: exposedName(family), labels, value })),
    ),
  };
}

function readProtobuf(body: Uint8Array) {
  const families = decodePage(body) as unknown as ProtobufFamily[];
  return {
    helps: new Map(families.map(({ name, help = "" }) => [name, help])),
    samples: families.flatMap(({ name, metric = [] }) =>
      metric.map(({ label = [], counter, gauge }) => ({
        family: name,
        labels: Object.fromEntries(label.map(({ name, value }) => [name, value])),
        value: (counter ?? gauge)?.value,
      })),
    ),
  };
}

interface ProtobufFamily {
  readonly name: string;
  readonly help?: string;
  readonly metric?: readonly {
    readonly label?: readonly { readonly name: string; readonly value: string }[];
    readonly counter?: Message;
    readonly gauge?: Message;
  }[];
}
