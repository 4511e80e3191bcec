import { say } from "./say.ts";

/** Does something that must not bring the application down when it fails: that is said instead. */
export function attempt(failure: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    say(`${failure}: ${(error as Error).message}`);
  }
}
