import { thousands } from "../report.mjs";
import { atLeast, atMost, row } from "../targets.mjs";
import { TaskProcess } from "../task-process.mjs";

/**
 * @import { Measuring } from "../peers/bench.mjs"
 * @import * as Tasks from "./live-process.mjs"
 */

/** What the live page costs the process, and how many frames a second a browser draws of it. */
export async function liveRows(/** @type {Measuring} */ { scale }) {
  const { families, seriesOfEach, samples, drawnMs } = scale.live;
  /** @type {TaskProcess<typeof Tasks>} */
  const live = await TaskProcess.start(new URL("live-process.mjs", import.meta.url), {
    nodeOptions: ["--expose-gc"],
  });
  const bytes = await live.call("bytesOfHistory", families, samples);
  const ms = await live.call("timeSample", families, seriesOfEach, samples);
  const frames = await live.call("framesASecond", families, seriesOfEach, drawnMs);
  await live.stop();
  const rows = [
    row(`live page: history of ${families} native histograms`, "kB", { narthex: bytes / 1000 }, [
      atMost(80 * families, "80 kB a metric"),
    ]),
    row(
      `live page: a sample of ${thousands(families * seriesOfEach)} series, taken once a second`,
      "ms",
      { narthex: ms },
      [],
    ),
  ];
  if (frames === undefined) return rows;
  const what = "live page: frames a second in Chromium, scrolling through all";
  return [...rows, row(what, "", { narthex: frames }, [atLeast(30, "30")])];
}
