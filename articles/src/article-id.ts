import { randomBytes } from "node:crypto";

/** An id and the time it contains, in milliseconds since the epoch. */
interface ArticleId {
  id: string;
  time: number;
}

/** The JSON Schema pattern of an id: a lower-case UUID of version 7. */
export const ARTICLE_ID_PATTERN =
  "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";

const MAX_COUNTER = 0xfff;

let lastTime = 0;
let counter = 0;

/**
 * A new UUIDv7 (RFC 9562, section 6.2, method 1): 48 bits of time, a 12-bit counter, 62 random bits.
 * The ids of one process strictly ascend, whatever its clock does; the random bits keep replicas
 * from making the same id.
 */
export function nextArticleId(now: number = Date.now()): ArticleId {
  const random = randomBytes(10);
  if (now > lastTime) {
    lastTime = now;
    // Half of the counter's range is left for ids of the same millisecond.
    counter = random.readUInt16BE(8) & (MAX_COUNTER >> 1);
  } else if (counter < MAX_COUNTER) {
    counter += 1;
  } else {
    lastTime += 1;
    counter = 0;
  }
  const time = lastTime.toString(16).padStart(12, "0");
  const sequence = (0x7000 | counter).toString(16);
  random[0] = 0x80 | (random[0]! & 0x3f);
  const tail = random.toString("hex", 0, 8);
  const id = [time.slice(0, 8), time.slice(8), sequence, tail.slice(0, 4), tail.slice(4)].join("-");
  return { id, time: lastTime };
}
