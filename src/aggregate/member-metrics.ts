import { type SampleSink, seriesHead } from "../model/sample-sink.ts";

const NO_LABELS = seriesHead([], []);

/**
 * The metrics of a group itself.
 *
 * @param living how many members run
 * @param seconds how long it took to read and add up what they have
 */
export function visitMembers(sink: SampleSink, living: number, seconds: number): void {
  const gauge = (name: string, help: string, value: number) => {
    sink.family({ name, help, type: "gauge" });
    sink.gauge(NO_LABELS, value);
  };
  gauge("narthex_members", "Processes or threads of the group that run.", living);
  gauge(
    "narthex_group_read_seconds",
    "How long it took to read and add up the group's reports.",
    seconds,
  );
}
