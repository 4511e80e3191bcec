import { type IPty, spawn } from "@lydell/node-pty";
import xterm from "@xterm/headless";
import { onTestFinished } from "vitest";

interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly term?: string;
}

/** A program in a terminal, and what is on its screen. */
export class PseudoTerminal {
  readonly #pty: IPty;
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  /** All that the program has written. */
  written = "";
  /** How it ended. */
  readonly ended: Promise<{ readonly exitCode: number; readonly signal?: number }>;

  /** Starts a program of Node.js; it is stopped when the test ends. */
  constructor(
    args: readonly string[],
    { columns = 100, rows = 20, env = {}, term = "xterm-256color" }: TerminalOptions = {},
  ) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    const { NO_COLOR: _, ...inherited } = process.env;
    this.#pty = spawn(process.execPath, [...args], {
      name: term,
      cols: columns,
      rows,
      env: { ...inherited, ...env },
    });
    this.#pty.onData((text) => {
      this.written += text;
      this.#terminal.write(text);
    });
    let hasEnded = false;
    this.ended = new Promise((resolve) => {
      this.#pty.onExit((end) => {
        hasEnded = true;
        resolve(end);
      });
    });
    onTestFinished(() => {
      if (!hasEnded) this.#pty.kill("SIGKILL");
      this.#terminal.dispose();
    });
  }

  /** The lines of the screen, without blanks at their ends. */
  get lines(): string[] {
    const { buffer, cols, rows } = this.#terminal;
    const { active } = buffer;
    return Array.from({ length: rows }, (_, row) =>
      active
        .getLine(active.viewportY + row)!
        .translateToString(false, 0, cols)
        .trimEnd(),
    );
  }

  get screen(): string {
    return this.lines.join("\n");
  }

  /** Whether the program has the whole screen, and what was there before is kept. */
  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === "alternate";
  }

  /** Whether any character on the screen has a colour. */
  get hasColours(): boolean {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.#terminal.rows }, (_, row) => active.getLine(row)!).some(
      (line) =>
        Array.from({ length: line.length }, (_, i) => line.getCell(i)!).some(
          (cell) => !cell.isFgDefault(),
        ),
    );
  }

  press(keys: string): void {
    this.#pty.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  kill(signal: string): void {
    this.#pty.kill(signal);
  }
}
