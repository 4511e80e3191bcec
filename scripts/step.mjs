// Our own, as the longest step is `npm ci`, before which there is no library.
import { clearLine, cursorTo } from "node:readline";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;

/**
 * Of steps that run at once, only one has a line that moves.
 *
 * @type {ReturnType<typeof liveLine> | undefined}
 */
let moving;

/**
 * @callback Show
 * @param {string} detail what the step does at the moment, for the end of its line
 * @returns {void}
 */

/**
 * Runs a part of a command, and shows that it runs and how it ended. On a terminal, that is one line with
 * the time and what happens now; elsewhere, a line at the beginning and one at the end.
 *
 * @template T
 * @param {string} title
 * @param {(show: Show) => T | Promise<T>} work
 * @param {object} [options]
 * @param {boolean} [options.ownOutput] whether the work prints itself, which a line that moves would disturb
 * @param {NodeJS.WriteStream} [options.terminal]
 * @returns {Promise<T>}
 */
export async function step(title, work, { ownOutput = false, terminal = process.stdout } = {}) {
  const start = performance.now();
  const seconds = () => `${Math.round((performance.now() - start) / 1_000)} s`;
  const isLive = terminal.isTTY && process.env.TERM !== "dumb" && !ownOutput && !moving;
  /** @type {ReturnType<typeof liveLine> | undefined} */
  let line;

  /** @param {string} how */
  const end = (how) => {
    process.off("SIGINT", onSignal);
    if (line) {
      line.end();
      moving = undefined;
    }
    say(`${title}: ${how}`);
  };
  const onSignal = () => {
    end(`stopped by Ctrl-C after ${seconds()}; run the command again to go on`);
    process.exit(130);
  };
  process.once("SIGINT", onSignal);
  if (isLive) moving = line = liveLine(terminal, () => `${title} … ${seconds()}`);
  else say(`${title} …`);
  try {
    const result = await work((detail) => line?.show(detail));
    end(`ok (${seconds()})`);
    return result;
  } catch (error) {
    end(`failed (${seconds()})`);
    throw error;
  }
}

/** @param {string} text */
function say(text) {
  moving?.clear();
  console.log(text);
}

/**
 * A line of the terminal that is written again and again.
 *
 * @param {NodeJS.WriteStream} terminal
 * @param {() => string} text
 */
function liveLine(terminal, text) {
  let detail = "";
  let frame = 0;
  const clear = () => {
    cursorTo(terminal, 0);
    clearLine(terminal, 0);
  };
  const draw = () => {
    const all = `${FRAMES[frame++ % FRAMES.length]} ${text()}${detail && `, ${detail}`}`;
    clear();
    // A longer line would wrap, and only its last row would be cleared.
    terminal.write(all.slice(0, (terminal.columns || 80) - 1));
  };
  draw();
  const timer = setInterval(draw, FRAME_MS);
  return {
    clear,
    /** @type {Show} */
    show: (what) => {
      detail = what;
    },
    end: () => {
      clearInterval(timer);
      clear();
    },
  };
}
