import { invalidPage } from "../../errors.ts";

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

const utf8 = new TextDecoder();

/** A message of protobuf: what its fields have, by their numbers. */
export class Message {
  readonly #fields = new Map<number, (number | Uint8Array)[]>();

  /** @throws NarthexError `NARTHEX_PAGE_INVALID` if the bytes are no message */
  constructor(bytes: Uint8Array) {
    const reader = new Reader(bytes);
    while (!reader.done) {
      const tag = reader.varint();
      const field = Math.floor(tag / 8);
      const values = this.#fields.get(field) ?? [];
      this.#fields.set(field, values);
      values.push(reader.value(tag % 8));
    }
  }

  /** The messages that follow each other, each with its length before it. */
  static *delimitedIn(bytes: Uint8Array): Generator<Message> {
    const reader = new Reader(bytes);
    while (!reader.done) yield new Message(reader.bytes(reader.varint()));
  }

  /** The last value of a number; undefined if there is none. */
  number(field: number): number | undefined {
    const value = this.#of(field).at(-1);
    return typeof value === "number" ? value : undefined;
  }

  text(field: number): string {
    const value = this.#of(field).at(-1);
    return value instanceof Uint8Array ? utf8.decode(value) : "";
  }

  messages(field: number): Message[] {
    return this.#of(field).flatMap((value) =>
      typeof value === "number" ? [] : new Message(value),
    );
  }

  /** Numbers that were written as `sint32` or `sint64`, also packed. */
  signed(field: number): number[] {
    return this.#numbers(field, (reader) => reader.varint()).map((value) =>
      value % 2 === 0 ? value / 2 : -(value + 1) / 2,
    );
  }

  /** Numbers that were written as `double`, also packed. */
  doubles(field: number): number[] {
    return this.#numbers(field, (reader) => reader.double());
  }

  #numbers(field: number, read: (reader: Reader) => number): number[] {
    return this.#of(field).flatMap((value) => {
      if (typeof value === "number") return value;
      const numbers: number[] = [];
      for (const reader = new Reader(value); !reader.done; ) numbers.push(read(reader));
      return numbers;
    });
  }

  #of(field: number): readonly (number | Uint8Array)[] {
    return this.#fields.get(field) ?? [];
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Exact below 2 ** 53. */
  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 63; factor *= 128) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) break;
      this.#at += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    return this.#fail();
  }

  double(): number {
    if (this.#at + 8 > this.#bytes.length) this.#fail();
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  bytes(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) this.#fail();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  value(wireType: number): number | Uint8Array {
    if (wireType === VARINT) return this.varint();
    if (wireType === FIXED_64) return this.double();
    if (wireType === BYTES) return this.bytes(this.varint());
    if (wireType === FIXED_32) return this.bytes(4);
    return this.#fail();
  }

  #fail(): never {
    throw invalidPage(`byte ${this.#at} of a message`, "it is no protobuf, or was cut off");
  }
}
