import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesTag, doubleTag, ProtobufBytes, varintTag } from "./bytes.ts";

function written(write: (out: ProtobufBytes) => void): number[] {
  const out = new ProtobufBytes(0);
  write(out);
  return [...out.finish()];
}

/** A number's varint by the book: seven bits a byte, lowest first, as 64 bits without a sign. */
function varint(value: bigint): number[] {
  let rest = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

/** Whole doubles of every size, those around each power of two among them. */
function wholeBelow(bits: number): fc.Arbitrary<number> {
  const around = fc
    .tuple(fc.integer({ min: 0, max: bits - 1 }), fc.integer({ min: -2, max: 2 }))
    .map(([power, off]) => 2 ** power + off);
  const any = fc
    .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: bits }))
    .map(([fraction, power]) => Math.floor(fraction * 2 ** power));
  return fc.oneof(around, any).filter((value) => value >= 0 && value < 2 ** bits);
}

test("unsigned numbers up to 2^64", () => {
  fc.assert(
    fc.property(wholeBelow(64), (value) => {
      expect(written((out) => out.uint(varintTag(1), value))).toEqual([
        8,
        ...varint(BigInt(value)),
      ]);
    }),
  );
});

test("signed numbers, negative ones as two's complement", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(written((out) => out.int(varintTag(1), value))).toEqual([8, ...varint(BigInt(value))]);
    }),
  );
});

test("zigzag numbers up to 2^52", () => {
  fc.assert(
    fc.property(wholeBelow(52), fc.boolean(), (size, isNegative) => {
      const value = isNegative ? -size - 1 : size;
      const zigzag = isNegative ? 2n * BigInt(size) + 1n : 2n * BigInt(size);
      expect(written((out) => out.sint(varintTag(1), value))).toEqual([8, ...varint(zigzag)]);
    }),
  );
});

test("doubles, little-endian", () => {
  expect(written((out) => out.double(doubleTag(2), 1))).toEqual([17, 0, 0, 0, 0, 0, 0, 240, 63]);
});

test("tags of fields past 15 have two bytes", () => {
  expect(written((out) => out.uint(varintTag(16), 1))).toEqual([0x80, 0x01, 1]);
});

test.each([0, 1, 127, 128, 16_383, 16_384, 2 ** 21])("a text of %i bytes", (size) => {
  const out = new ProtobufBytes();
  out.string(bytesTag(1), "x".repeat(size));
  const prefix = Buffer.from([10, ...varint(BigInt(size))]);
  expect(Buffer.concat([prefix, Buffer.alloc(size, "x")]).equals(out.finish())).toBe(true);
});

test("a message's length is the same however wide it was expected to be", () => {
  for (const size of [0, 5, 200, 20_000]) {
    for (const width of [1, 2, 3, 5]) {
      const out = new ProtobufBytes();
      const begin = out.open(bytesTag(1), width);
      for (let i = 0; i < size; i += 5) out.double(doubleTag(1), i);
      const inside = out.length - begin;
      expect(out.close(begin, width)).toBe(varint(BigInt(inside)).length);
      out.uint(varintTag(2), 7);
      const bytes = [...out.finish()];
      expect(bytes.slice(0, -inside - 2)).toEqual([10, ...varint(BigInt(inside))]);
      expect(bytes.slice(-2)).toEqual([16, 7]);
    }
  }
});

test("text is UTF-8, whatever is in it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const utf8 = [...Buffer.from(text)];
      expect(written((out) => out.string(bytesTag(1), text))).toEqual([
        10,
        ...varint(BigInt(utf8.length)),
        ...utf8,
      ]);
    }),
  );
  expect(written((out) => out.string(bytesTag(1), "a\ud800"))).toEqual([10, 4, 97, 239, 191, 189]);
});

test("copies are exact, whatever the bytes and wherever they begin", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("a", "\u007f", "\u{1f600}", "\u{10ffff}", "\0"), { maxLength: 40 }),
      fc.nat(40),
      (parts, skipped) => {
        const source = new ProtobufBytes();
        source.string(bytesTag(1), parts.join(""));
        const from = Math.min(skipped, source.length);
        const out = new ProtobufBytes(0);
        out.uint(varintTag(1), 1);
        out.copy(source.view, from, source.length - from);
        expect([...out.finish()]).toEqual([8, 1, ...source.finish().slice(from)]);
      },
    ),
  );
});

test("copies are exact even where the bytes are those of a signalling NaN", () => {
  const source = new ProtobufBytes();
  source.uint(varintTag(1), 128 + 0x70 * 2 ** 42 + 0x7f * 2 ** 49);
  const bytes = [0x80, 0x81, 0x80, 0x80, 0x80, 0x80, 0xf0, 0x7f];
  expect([...source.finish()]).toEqual([8, ...bytes]);
  const out = new ProtobufBytes();
  // Often enough for the compiler to take an interest.
  for (let i = 0; i < 50_000; i += 1) {
    out.truncate(0);
    out.copy(source.view, 1, 8);
  }
  expect([...out.finish()]).toEqual(bytes);
});

test("what was truncated is gone", () => {
  const out = new ProtobufBytes();
  out.uint(varintTag(1), 1);
  out.double(doubleTag(2), 2);
  out.truncate(2);
  expect([...out.finish()]).toEqual([8, 1]);
});
