import { regionInvalid } from "../../errors.ts";
import { RegionReader, type Report } from "../region/reader.ts";
import type { RegionWriter } from "../region/writer.ts";
import type { Arena } from "./arena.ts";

/** A report stands behind its log, and both behind their lengths. */
const HEADER_BYTES = 8;

/** Writes a report with all of its log; returns its id. */
export function writeReport(
  arena: Arena,
  claimant: number,
  { log, report }: { readonly log: Uint8Array; readonly report: Uint8Array },
): number {
  const id = arena.newId();
  const at = arena.allocate(claimant, id, HEADER_BYTES + log.length + report.length);
  new Int32Array(arena.buffer, at, 2).set([log.length, report.length]);
  const bytes = new Uint8Array(arena.buffer, at + HEADER_BYTES, log.length + report.length);
  bytes.set(log);
  bytes.set(report, log.length);
  return id;
}

/** The bytes that a writer has, as they are for someone who has read nothing of the log yet. */
export function writtenBy(writer: RegionWriter, head: object = {}) {
  const log = writer.takeLog();
  return { log, report: writer.report({ ...head, log: { name: "log", length: log.length } }) };
}

/**
 * Reads a report.
 *
 * @param isThere whether the object is still the one that is meant, which is asked after its bytes were read
 * @returns undefined if it is not
 */
export function readReport(
  arena: Arena,
  id: number,
  isThere: () => boolean,
  reader = new RegionReader(),
): Report | undefined {
  const at = arena.find(id);
  if (at === undefined) return undefined;
  const [logLength, length] = new Int32Array(arena.buffer, at, 2);
  const end = at + HEADER_BYTES + logLength! + length!;
  if (!(logLength! >= 0 && length! >= 0 && end <= arena.buffer.byteLength)) {
    if (isThere()) throw regionInvalid("its lengths don't fit");
    return undefined;
  }
  const bytes = Buffer.from(new Uint8Array(arena.buffer, at + HEADER_BYTES, logLength! + length!));
  if (!isThere()) return undefined;
  const readLog = (_log: string, from: number, to: number) =>
    bytes.subarray(from, Math.min(to, logLength!));
  return reader.read(bytes.subarray(logLength!), readLog);
}
