import { type Given, harmless } from "../command.ts";
import { withoutCredentials } from "../page.ts";
import { Readings } from "./readings.ts";
import { Screen } from "./screen.ts";
import { Target, type WatchSettings } from "./target.ts";
import { View } from "./view.ts";

/** How often the screen tells how long it has waited, in milliseconds. */
const TICK_MS = 500;

/** What ends the view, with the exit codes of shells: 128 and the number of the signal. */
const ENDINGS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Shows the page on the whole terminal until somebody quits.
 *
 * @returns the exit code
 */
export async function watchOnScreen(given: Given, settings: WatchSettings): Promise<number> {
  const readings = new Readings();
  const target = new Target(given, settings);
  const title = `narthex  ${harmless(withoutCredentials(settings.url))}`;
  const view = new View(title, readings, given.output, settings.search);
  const ending = new AbortController();
  let code = 0;
  const end = (exitCode: number) => {
    code = exitCode;
    ending.abort();
  };
  const onSignal = (signal: NodeJS.Signals) => end(ENDINGS[signal as keyof typeof ENDINGS]);
  const draw = () => screen.draw((columns, rows) => view.frame(columns, rows, target.status()));
  const screen = new Screen(process.stdin, process.stdout, {
    onKey(key) {
      if (key.name === "interrupt") end(ENDINGS.SIGINT);
      else if (key.name === "q" && !view.isTyping) end(0);
      else view.press(key);
      draw();
    },
    onResize: draw,
  });
  for (const signal of Object.keys(ENDINGS)) process.on(signal, onSignal);
  const timer = setInterval(draw, TICK_MS);
  screen.open();
  try {
    draw();
    for await (const attempt of target.attempts(ending.signal)) {
      const now = performance.now();
      if ("page" in attempt) readings.take(attempt.page, now);
      else readings.miss(now);
      draw();
    }
  } finally {
    clearInterval(timer);
    for (const signal of Object.keys(ENDINGS)) process.removeListener(signal, onSignal);
    screen.close();
  }
  return code;
}
