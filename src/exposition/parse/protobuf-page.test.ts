import fc from "fast-check";
import { expect, test } from "vitest";
import { anyFamilies } from "../../../test/any-families.ts";
import { play } from "../../../test/recording.ts";
import { NarthexError } from "../../errors.ts";
import type { MetricSource } from "../../model/sample-sink.ts";
import { TextSink } from "../lines/text.ts";
import { ProtobufSink } from "../protobuf/sink.ts";
import { parseProtobuf } from "./protobuf-page.ts";

const escaping = "allow-utf-8";

function exposed(source: MetricSource, sink = new ProtobufSink({ escaping })): Uint8Array {
  for (const _ of source.visit(sink) ?? []);
  return sink.finish();
}

test("a page in protobuf is parsed so that it can be exposed again, to the byte", () => {
  fc.assert(
    fc.property(anyFamilies(), (families) => {
      // Numbers come first among the names of an object, and the order of labels means nothing.
      fc.pre(!/\["\d+"/.test(JSON.stringify(families)));
      const page = exposed(play(families));
      expect(exposed(parseProtobuf(page))).toEqual(page);
    }),
  );
});

test("bytes that were cut off anywhere are a page that ends earlier, or none", () => {
  fc.assert(
    fc.property(anyFamilies(), fc.nat(), (families, cut) => {
      const page = exposed(play(families));
      try {
        const part = parseProtobuf(page.subarray(0, cut % (page.length + 1)));
        expect(part.families.length).toBeLessThanOrEqual(parseProtobuf(page).families.length);
      } catch (error) {
        expect(error).toBeInstanceOf(NarthexError);
      }
    }),
  );
});

/** A field of a message whose value has a length. */
const field = (number: number, ...content: number[]) => [
  number * 8 + 2,
  content.length,
  ...content,
];
const letters = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));

test("packed differences and fields of later versions are read, too", () => {
  const span = field(12, 8, 0, 16, 2);
  const histogram = [8, 5, ...span, ...field(13, 4, 2), 40, 0];
  const metric = field(4, ...field(7, ...histogram));
  const family = [...field(1, ...letters("a")), 24, 4, ...metric, ...field(14, 97)];
  const page = parseProtobuf(Uint8Array.from([family.length, ...family]));
  expect(page.families[0]?.samples[0]?.composite).toMatchObject({
    count: 5,
    native: { schema: 0, positive: { spans: [{ offset: 0, length: 2 }], counts: [2, 3] } },
  });
});

test.each([
  [[200], "it is no protobuf, or was cut off"],
  [[5, ...field(2, 97)], "it is no protobuf"],
  [[3, ...field(2, 97)], 'metric family "": it has no name'],
  [[5, ...field(1, 97), 24, 9], 'metric family "a": there is no type 9'],
])("%j is no page", (bytes, message) => {
  expect(() => parseProtobuf(Uint8Array.from(bytes))).toThrow(message);
});

test("text of such a page has its lines", () => {
  const family = [
    ...field(1, ...letters("up")),
    24,
    1,
    ...field(4, ...field(2, 9, 0, 0, 0, 0, 0, 0, 240, 63)),
  ];
  const page = parseProtobuf(Uint8Array.from([family.length, ...family]));
  const text = new TextDecoder().decode(exposed(page, new TextSink({ escaping }) as never));
  expect(text).toContain("\nup 1\n");
});
