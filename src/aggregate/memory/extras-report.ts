import type { PageSink } from "../../exposition/render.ts";
import type { Family } from "../../model/family.ts";
import { ExtrasWriter } from "./extras-writer.ts";

/** A member's report of what is not in its region, with all of its log. */
export class ExtrasReport {
  readonly #writer: ExtrasWriter;
  #log = Buffer.alloc(0);
  #logs = 0;
  #last: Buffer = Buffer.alloc(0);

  constructor(isInRegion: (family: Family) => boolean) {
    this.#writer = new ExtrasWriter(isInRegion);
  }

  /**
   * @param fill lets sources visit the sink
   * @returns the report, if it differs from the one before
   */
  make(fill: (sink: PageSink) => void) {
    this.#writer.begin();
    fill(this.#writer);
    if (this.#writer.isNew) {
      this.#logs += 1;
      this.#log = Buffer.alloc(0);
    }
    const entries = this.#writer.takeLog();
    if (entries.length > 0) this.#log = Buffer.concat([this.#log, entries]);
    const log = { name: String(this.#logs), length: this.#log.length };
    const report = this.#writer.report({ log });
    if (report.equals(this.#last)) return undefined;
    this.#last = report;
    return { log: this.#log, report };
  }
}
