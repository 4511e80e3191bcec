import type { MeasuredRequest } from "./measured-request.ts";

/** Where the measurement of a message stands; copies of this package find each other's. */
const MEASURED = Symbol.for("narthex.http.request");

/** A message of Node's HTTP that may be under measurement. */
export interface MeasuredMessage {
  [MEASURED]?: MeasuredRequest | undefined;
}

export function measuredOf(message: object): MeasuredRequest | undefined {
  return (message as MeasuredMessage)[MEASURED];
}

export function setMeasured(message: object, measured: MeasuredRequest): void {
  (message as MeasuredMessage)[MEASURED] = measured;
}
