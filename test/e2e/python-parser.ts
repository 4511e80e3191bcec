import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ParsedPage } from "../../src/exposition/parse/parsed-page.ts";
import type { Exemplar } from "../../src/index.ts";

interface ReadValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timestamp: number | undefined;
}

interface ReadSample extends ReadValue {
  readonly name: string;
  readonly exemplar: ReadValue | undefined;
}

/** A family in a form that both parsers can produce. */
export interface ReadFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
  readonly samples: readonly ReadSample[];
}

/** A sample as the Python process prints it: numbers are text, because JSON has no NaN. */
interface ToldValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
  readonly timestamp: string | null;
}

interface ToldSample extends ToldValue {
  readonly name: string;
  readonly exemplar: ToldValue | null;
}

interface Told {
  readonly families: readonly (Omit<ReadFamily, "samples"> & {
    readonly samples: readonly ToldSample[];
  })[];
  readonly error?: string;
}

const program = fileURLToPath(new URL("./openmetrics-parser.py", import.meta.url));

/** The OpenMetrics parser of Python's client, running in one process for many pages. */
export class PythonParser {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #lastWords = "";

  /** @param folder the `PYTHONPATH` with the client */
  constructor(folder: string) {
    const env = { ...process.env, PYTHONPATH: folder, PYTHONUTF8: "1" };
    this.#process = spawn("python3", [program], { env });
    this.#ended = once(this.#process, "close");
    this.#process.stderr.setEncoding("utf8").on("data", (text) => {
      this.#lastWords += text;
    });
    // If the process ends, its stderr is the better error.
    this.#process.stdin.on("error", () => {});
    this.#answers = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /** Parses a page; throws if the parser rejects it. */
  async read(page: string): Promise<ReadFamily[]> {
    this.#process.stdin.write(`${JSON.stringify(page)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`The parser has ended: ${this.#lastWords}`);
    const { families, error } = JSON.parse(value) as Told;
    if (error !== undefined) throw new Error(`${error} in\n${page}`);
    return families.map((family) => ({ ...family, samples: family.samples.map(readSample) }));
  }

  async stop(): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
  }
}

function readSample({ name, exemplar, ...sample }: ToldSample): ReadSample {
  return {
    name,
    ...readValue(sample),
    exemplar: exemplar === null ? undefined : readValue(exemplar),
  };
}

function readValue({ labels, value, timestamp }: ToldValue): ReadValue {
  return {
    labels,
    value: Number(value),
    timestamp: timestamp === null ? undefined : Number(timestamp),
  };
}

/** The result of our own parser in the same form. */
export function readFamilies({ families }: ParsedPage): ReadFamily[] {
  return families.map(({ name, type, help, unit = "", samples }) => ({
    name,
    type,
    help,
    unit,
    samples: samples.map(({ name, exemplars: [exemplar], ...sample }) => ({
      name,
      ...plainValue(sample),
      exemplar: exemplar && plainValue(exemplar),
    })),
  }));
}

function plainValue({ labels, value, timestamp }: Exemplar): ReadValue {
  return {
    // Parsed labels have no prototype; this copy has one.
    labels: { ...labels },
    // Turns -0 into 0, because Python's integers have no -0.
    value: value + 0,
    timestamp: Number.isNaN(timestamp) ? undefined : timestamp,
  };
}
