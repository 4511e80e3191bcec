import type { MetricSource, SampleSink } from "../../model/sample-sink.ts";
import type { ParsedFamily } from "./parsed-family.ts";
import { seriesOf } from "./series.ts";
import { writeSeries } from "./write-series.ts";

/** A visit may pause after this many series: a fraction of a millisecond. */
const SERIES_PER_SLICE = 256;

/** A page that was parsed. As a source of samples it can be exposed again, in every format. */
export class ParsedPage implements MetricSource {
  /** In the order in which the page begins them. */
  readonly families: readonly ParsedFamily[];

  constructor(families: readonly ParsedFamily[]) {
    this.families = families;
  }

  *visit(sink: SampleSink): Generator<void> {
    let visited = 0;
    for (const family of this.families) {
      const typed = withTypeOfValues(family);
      sink.family(typed);
      for (const series of seriesOf(typed)) {
        writeSeries(sink, typed, series);
        visited += 1;
        if (visited % SERIES_PER_SLICE === 0) yield;
      }
    }
  }
}

/** The family, and where its type is not known, that of its composite values. */
function withTypeOfValues(family: ParsedFamily): ParsedFamily {
  const type = family.samples[0]?.composite?.type ?? family.type;
  return type === family.type ? family : { ...family, type };
}
