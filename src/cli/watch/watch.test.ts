import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { buildCommand } from "../../../test/cli-program.ts";
import { PseudoTerminal } from "../../../test/pseudo-terminal.ts";

/** Loaded machines are slow, and only a failure takes all of it. */
const PATIENCE = { timeout: 20_000, interval: 50 };

const [UP, DOWN, END, ESCAPE, ENTER] = [
  "\u001b[A",
  "\u001b[B",
  "\u001b[F",
  "\u001b",
  "\r",
] as const;

let folder: string;
let program: string;
let server: Server;
let answer: RequestListener;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "narthex-watch-"));
  program = await buildCommand(folder);
  server = createServer((request, response) => answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

/** A service that is busier each time it is asked, from an empty one on. */
function serving(): RequestListener {
  let asked = 0;
  return (_, response) => {
    asked += 1;
    response.end(`# HELP orders_total Orders\u001b[31m of the shop.
# TYPE orders_total counter
orders_total{plan="free"} ${asked * 1000}
orders_total{plan="paid"} ${asked * 10}
# TYPE visits_total counter
visits_total ${asked}
# TYPE order_duration_seconds histogram
order_duration_seconds_bucket{le="0.1"} 0
order_duration_seconds_bucket{le="0.2"} ${asked * 100}
order_duration_seconds_bucket{le="+Inf"} ${asked * 100}
order_duration_seconds_sum ${asked}
order_duration_seconds_count ${asked * 100}
# TYPE build_info gauge
build_info{version="1.2"} 1
# TYPE queue_depth gauge
queue_depth 42
# TYPE memory_bytes gauge
memory_bytes 2097152
`);
  };
}

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
const args = (...more: string[]) => [program, "watch", "--interval", "0.1", ...more, url()];

function watching(options: ConstructorParameters<typeof PseudoTerminal>[1] = {}) {
  return new PseudoTerminal(args(), options);
}

/** Waits until the screen has this. */
async function shows(terminal: PseudoTerminal, wanted: RegExp): Promise<void> {
  await vi.waitFor(() => expect(terminal.screen).toMatch(wanted), PATIENCE);
}

/** The first words of the table's rows. */
const names = ({ lines }: PseudoTerminal) =>
  lines.slice(3, -1).flatMap((line) =>
    line
      .slice(2)
      .split(" ", 1)
      .filter((name) => name !== ""),
  );

describe("on a terminal", () => {
  test("it shows rates, values, quantiles and how they were lately; keys choose, open, search and sort", async () => {
    answer = serving();
    const terminal = watching({ columns: 110 });
    await shows(terminal, /^› orders_total +counter +2 +[\d,.]+( k)?\/s .*[▁▂▃▄▅▆▇█]$/m);
    expect(terminal.screen).toMatch(/^narthex {2}http:.* every 0\.1 s, in [\d.]+ .?s$/m);
    expect(terminal.screen).toMatch(/^6 families, 7 series$/m);
    await shows(terminal, /order_duration_seconds +histogram +1 .*\/s +150 ms +195 ms +199 ms/);
    expect(terminal.screen).toMatch(/queue_depth +gauge +1 +42 /);
    expect(terminal.screen).toMatch(/memory_bytes +gauge +1 +2 MiB /);
    const page = [
      "orders_total",
      "visits_total",
      "order_duration_seconds",
      "build_info",
      "queue_depth",
      "memory_bytes",
    ];
    expect(names(terminal)).toEqual(page);

    terminal.press("s");
    await vi.waitFor(() => expect(names(terminal)).toEqual([...page].sort()), PATIENCE);
    terminal.press("r");
    await shows(terminal, /METRIC ▲/);
    expect(names(terminal)).toEqual([...page].sort().reverse());
    terminal.press("s");
    terminal.press("r");
    await shows(terminal, /NOW ▼/);
    expect(names(terminal).slice(0, 2)).toEqual(["memory_bytes", "orders_total"]);

    terminal.press("/ORDER");
    await shows(terminal, /^2 of 6 families, 7 series {3}search: ORDER▏$/m);
    expect(names(terminal)).toEqual(["orders_total", "order_duration_seconds"]);
    terminal.press("q\u007f\r");
    await shows(terminal, /search: ORDER$/m);
    terminal.press(`${END}${UP}${ENTER}`);
    await shows(
      terminal,
      /^orders_total \(counter\), 2 of 2 series {3}Orders\ufffd\[31m of the shop\.$/m,
    );
    expect(names(terminal)).toEqual(['plan="free"', 'plan="paid"']);
    terminal.press(`${DOWN}`);
    await shows(terminal, /^› plan="paid" +[\d.]+\/s/m);
    terminal.press(ESCAPE);
    await shows(terminal, /^› orders_total/m);
    terminal.press(ESCAPE);
    await shows(terminal, /^6 families/m);
    terminal.press("q");
    expect(await terminal.ended).toMatchObject({ exitCode: 0 });
  });

  test("it fills the terminal, whatever its size becomes", async () => {
    answer = serving();
    const terminal = watching({ columns: 120, rows: 30 });
    await shows(terminal, /P99 .*LATELY/);
    for (const [columns, rows] of [
      [60, 8],
      [30, 5],
      [20, 2],
      [200, 50],
    ] as const) {
      terminal.resize(columns, rows);
      await vi.waitFor(() => {
        const { lines } = terminal;
        expect(lines[0]).toMatch(/^narthex/);
        expect(lines.at(-1)).toMatch(/^↑↓ choose/);
        if (rows > 4) expect(lines[3]).toMatch(/^› orders_tot/);
      }, PATIENCE);
    }
    await shows(terminal, /^› orders_total .*[▁▂▃▄▅▆▇█]$/m);
  });

  test("a list that is longer than the screen scrolls with the choice", async () => {
    answer = (_, response) =>
      response.end(Array.from({ length: 50 }, (_, i) => `m${i} ${i}\n`).join(""));
    const terminal = watching({ rows: 10 });
    await shows(terminal, /^› m0 /m);
    terminal.press(END);
    await shows(terminal, /^› m49 /m);
    expect(names(terminal)).toEqual(["m44", "m45", "m46", "m47", "m48", "m49"]);
    terminal.press("\u001b[5~");
    await shows(terminal, /^› m43 /m);
    terminal.press("\u001b[H");
    await shows(terminal, /^› m0 /m);
  });

  test("q, Ctrl-C and SIGTERM give the terminal back as it was", async () => {
    answer = serving();
    const endings: [end: (terminal: PseudoTerminal) => void, exitCode: number][] = [
      [(terminal) => terminal.press("q"), 0],
      [(terminal) => terminal.press("\u0003"), 130],
      [(terminal) => terminal.kill("SIGTERM"), 143],
    ];
    const ends = endings.map(async ([end, exitCode]) => {
      const terminal = watching();
      await shows(terminal, /orders_total/);
      expect(terminal.isAlternate).toBe(true);
      end(terminal);
      expect(await terminal.ended).toMatchObject({ exitCode });
      await vi.waitFor(() => expect(terminal.isAlternate).toBe(false), PATIENCE);
      // Line breaks at the edge and the cursor are on again.
      expect(terminal.written.endsWith("\u001b[?7h\u001b[?25h\u001b[?1049l")).toBe(true);
    });
    await Promise.all(ends);
  });

  test("there are colours, except with NO_COLOR", async () => {
    answer = serving();
    const [plain, coloured] = [watching({ env: { NO_COLOR: "1" } }), watching()];
    await Promise.all([plain, coloured].map((one) => shows(one, /orders_total.*[▁▂▃▄▅▆▇█]$/m)));
    expect([plain.hasColours, coloured.hasColours]).toEqual([false, true]);
  });

  test("a target that hangs, dies or cuts its answers is told of, and comes back", async () => {
    answer = serving();
    const terminal = new PseudoTerminal(args("--timeout", "2"));
    await shows(terminal, /150 ms/);
    answer = () => undefined;
    await shows(terminal, /no answer for 2 s/);
    // What was known is still there.
    expect(terminal.screen).toMatch(/queue_depth/);
    await shows(terminal, /down for \d s: no whole answer within 2 s; --timeout gives it more/);
    answer = (_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("a 1\n", () => response.destroy());
    };
    await shows(terminal, /the connection was cut before the end of the page/);
    answer = (_, response) => response.end("<html>");
    await shows(terminal, /The page can't be parsed/);
    // It begins again at zero, which is no negative rate.
    answer = serving();
    await shows(terminal, /every 0\.1 s.*\n.*\n.*\n› orders_total.*\d\/s/);
    expect(terminal.screen).not.toMatch(/-\d.*\/s/);
    const { port } = server.address() as AddressInfo;
    server.closeAllConnections();
    server.close();
    await shows(terminal, /nothing listens there/);
    server.listen(port, "127.0.0.1");
    await shows(terminal, /every 0\.1 s/);
  });
});

describe("elsewhere", () => {
  function start(more: readonly string[], env: Record<string, string> = {}): ChildProcess {
    const child = spawn(process.execPath, args(...more), { env: { ...process.env, ...env } });
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  }

  async function output(child: ChildProcess) {
    const [out, err] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, "close"),
    ]);
    return { code: child.exitCode, out, err };
  }

  test("it writes a line for each family and reading", async () => {
    answer = serving();
    const { code, out, err } = await output(start(["--count", "2", "--search", "order"]));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const lines = out.trimEnd().split("\n");
    expect(lines.map((line) => line.split("  ")[1])).toEqual(
      Array(2).fill(["orders_total", "order_duration_seconds"]).flat(),
    );
    expect(lines[0]).toMatch(/^\d{4}-\S+Z {2}orders_total {12}[\d,.]+( k)?\/s$/);
    expect(lines[1]).toMatch(/\/s {2}p50 150 ms {2}p95 195 ms {2}p99 199 ms$/);
    expect(out).not.toContain("\u001b");
  });

  test("--json writes a line for each reading", async () => {
    answer = serving();
    const { out } = await output(start(["--count", "1", "--json"]));
    const { families } = JSON.parse(out);
    expect(families).toHaveLength(6);
    expect(families[2]).toMatchObject({
      name: "order_duration_seconds",
      type: "histogram",
      series: 1,
      now: expect.any(Number),
      p50: expect.closeTo(0.15),
    });
  });

  test("a target without an answer is told of, and the exit code is 2 if it was the last one", async () => {
    answer = (_, response) => response.writeHead(503).end();
    const { code, out, err } = await output(start(["--count", "2"]));
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toBe(`narthex: ${url()}: answered 503 Service Unavailable.\n`.repeat(2));
  });

  test("it ends in peace when its reader has read enough", async () => {
    answer = serving();
    const child = start([]);
    child.stdout!.once("data", () => child.stdout!.destroy());
    const [err] = await Promise.all([text(child.stderr!), once(child, "exit")]);
    expect({ err, code: child.exitCode }).toEqual({ err: "", code: 0 });
  });

  test("a terminal that can't place its cursor gets lines, too", async () => {
    answer = serving();
    const terminal = watching({ term: "dumb" });
    await shows(terminal, /Z {2}orders_total/);
    expect(terminal.isAlternate).toBe(false);
    terminal.press("\u0003");
    await terminal.ended;
  });
});
