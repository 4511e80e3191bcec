import { setTimeout as sleep } from "node:timers/promises";

export const PLAIN = "plain text\n";

/** More than the buffers of two sockets hold, so that a reader who stops stops the server. */
export const BIG_BYTES = 16 * 1024 * 1024;

/** Six pieces within 300 ms. */
export async function* dripping(): AsyncGenerator<Uint8Array> {
  for (let piece = 1; piece <= 6; piece += 1) {
    yield bytes(`piece ${piece}\n`);
    await sleep(50);
  }
}

/** Server-sent events, one every 50 ms until the client leaves. */
export async function* events(): AsyncGenerator<Uint8Array> {
  for (let event = 1; ; event += 1) {
    yield bytes(`data: event ${event}\n\n`);
    await sleep(50);
  }
}

/** Fails when its first piece has reached the client. */
export async function* failing(): AsyncGenerator<Uint8Array> {
  yield bytes("before the failure\n");
  await sleep(50);
  throw new Error("The stream of /fails fails.");
}

export async function* big(): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(64 * 1024).fill(0x62);
  for (let sent = 0; sent < BIG_BYTES; sent += piece.length) yield piece;
}

/** How many bytes a request's body has. */
export async function sizeOf(body: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const piece of body) size += piece.length;
  return size;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
