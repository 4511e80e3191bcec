import { performance } from "node:perf_hooks";
import type { Clock } from "./program.ts";

const BEGIN = 1_700_000_000_000;

/** Runs something while all clocks stand still unless they are told to advance. */
export async function withFakeClock<T>(work: (clock: Clock) => Promise<T>): Promise<T> {
  const { hrtime } = process;
  const { now } = performance;
  const dateNow = Date.now;
  let elapsed = 0;
  const fake = ([seconds, nanoseconds] = [0, 0]): [number, number] => {
    const whole = BigInt(Math.round(elapsed * 1e6)) - BigInt(seconds) * 1_000_000_000n;
    const rest = whole - BigInt(nanoseconds);
    return [Number(rest / 1_000_000_000n), Number(rest % 1_000_000_000n)];
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
    performance.now = now;
    process.hrtime = hrtime;
  }
}
