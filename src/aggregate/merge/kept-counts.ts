import type { SampleSink } from "../../model/sample-sink.ts";
import { RegionReader } from "../region/reader.ts";
import { RegionWriter } from "../region/writer.ts";
import { Fold } from "./fold.ts";

/** What the series of a member had counted when they were removed or expired. */
export class KeptCounts {
  readonly #fold = new Fold();
  /** Those that went since they were last asked for: that they go must be quick. */
  #newest = new RegionWriter(() => 0);

  /** @param write writes a series and its family */
  keep(write: (sink: SampleSink) => void): void {
    write(this.#newest);
  }

  forget(family: string): void {
    this.#take();
    this.#fold.forget(family);
  }

  visit(sink: SampleSink): void {
    this.#take();
    this.#fold.visit(sink);
  }

  #take(): void {
    if (this.#newest.length === 0) return;
    const log = Buffer.from(this.#newest.takeLog());
    const report = this.#newest.report({ log: { name: "log", length: log.length } });
    this.#fold.add(new RegionReader().read(report, () => log));
    this.#newest = new RegionWriter(() => 0);
  }
}
