import type { ReadStream, WriteStream } from "node:tty";
import { type Key, keysOf } from "./keys.ts";

// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
const ESCAPE = "\u001b[";
/** The other screen, so that what was there comes back at the end; no cursor, no line breaks at the edge. */
const ENTER = `${ESCAPE}?1049h${ESCAPE}?25l${ESCAPE}?7l`;
const LEAVE = `${ESCAPE}?7h${ESCAPE}?25h${ESCAPE}?1049l`;
/** What is between them appears at once, in terminals that know it. */
const BEGIN_FRAME = `${ESCAPE}?2026h${ESCAPE}H`;
const END_FRAME = `${ESCAPE}J${ESCAPE}?2026l`;
const END_OF_LINE = `${ESCAPE}0m${ESCAPE}K`;

/** The whole terminal, for as long as a view has it. */
export class Screen {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  readonly #onData: (sent: string) => void;
  readonly #onResize: () => void;
  readonly #restore = () => void this.#output.write(LEAVE);

  constructor(
    input: ReadStream,
    output: WriteStream,
    { onKey, onResize }: { onKey: (key: Key) => void; onResize: () => void },
  ) {
    this.#input = input;
    this.#output = output;
    this.#onResize = onResize;
    this.#onData = (sent) => keysOf(sent).forEach(onKey);
  }

  open(): void {
    // Also when the process ends by an error of ours.
    process.once("exit", this.#restore);
    this.#output.write(ENTER);
    this.#output.on("resize", this.#onResize);
    if (!this.#input.isTTY) return;
    this.#input.setRawMode(true).setEncoding("utf8").on("data", this.#onData).resume();
  }

  close(): void {
    process.removeListener("exit", this.#restore);
    this.#output.removeListener("resize", this.#onResize);
    if (this.#input.isTTY) {
      this.#input.removeListener("data", this.#onData).setRawMode(false).pause();
    }
    this.#restore();
  }

  /** @param frame makes the lines of a size */
  draw(frame: (columns: number, rows: number) => readonly string[]): void {
    const { columns, rows } = this.#output;
    const lines = frame(columns, rows).map((line) => line + END_OF_LINE);
    this.#output.write(`${BEGIN_FRAME}${lines.join("\r\n")}${END_FRAME}`);
  }
}
