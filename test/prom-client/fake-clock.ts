import { performance } from "node:perf_hooks";
import type { Clock } from "./program.ts";

const BEGIN = 1_700_000_000_000;

/** Runs something while all clocks stand still unless they are told to advance, and chance is always the same. */
export async function withFakeClock<T>(work: (clock: Clock) => Promise<T>): Promise<T> {
  const { hrtime } = process;
  const { now } = performance;
  const dateNow = Date.now;
  const { random } = Math;
  let state = 1;
  let elapsed = 0;
  const fake = ([seconds, nanoseconds] = [0, 0]): [number, number] => {
    const whole = BigInt(Math.round(elapsed * 1e6)) - BigInt(seconds) * 1_000_000_000n;
    const rest = whole - BigInt(nanoseconds);
    return [Number(rest / 1_000_000_000n), Number(rest % 1_000_000_000n)];
  };
  // A linear congruential generator: good enough to shuffle.
  Math.random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  Date.now = () => BEGIN + elapsed;
  performance.now = () => elapsed;
  process.hrtime = Object.assign(fake, { bigint: () => BigInt(Math.round(elapsed * 1e6)) });
  try {
    return await work({
      advance: (milliseconds) => {
        elapsed += milliseconds;
      },
    });
  } finally {
    Date.now = dateNow;
    Math.random = random;
    performance.now = now;
    process.hrtime = hrtime;
  }
}
