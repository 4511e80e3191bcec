import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { buildCommand } from "../../test/cli-program.ts";
import { PAGES } from "../../test/real-pages.ts";

const PAGE = `# HELP orders_total Orders.
# TYPE orders_total counter
orders_total{plan="free"} 3
# HELP order_duration_seconds How long an order takes.
# TYPE order_duration_seconds histogram
order_duration_seconds_bucket{le="0.5"} 1
order_duration_seconds_bucket{le="+Inf"} 2
order_duration_seconds_sum 4
order_duration_seconds_count 2
`;

let folder: string;
let program: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "narthex-cli-"));
  program = await buildCommand(folder);
  writeFileSync(join(folder, "page.txt"), PAGE);
  writeFileSync(join(folder, "renamed.txt"), PAGE.replaceAll("orders_total", "purchases_total"));
  const objectives = `- name: fast
  objective: 0.9
  good: { family: order_duration_seconds, match: { le: 0.5 } }
  total: { family: order_duration_seconds }
`;
  writeFileSync(join(folder, "objectives.yml"), objectives);
  writeFileSync(join(folder, "wrong.yml"), objectives.replace("0.9", "9"));
  writeFileSync(join(folder, "broken.yml"), ": : :\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function narthex(args: readonly string[], input = ""): Promise<Ended> {
  const child = start(args);
  child.stdin!.on("error", () => undefined).end(input);
  const [out, err] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, "close"),
  ]);
  return { code: child.exitCode, out, err };
}

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

describe("the command", () => {
  test("lists its commands, each of which has help with examples", async () => {
    const { code, out } = await narthex(["--help"]);
    expect(code).toBe(0);
    const names = Array.from(out.matchAll(/^ {2}(\w+) +\w/gm), ([, name]) => name!);
    expect(names).toEqual([
      "check",
      "watch",
      "diff",
      "convert",
      "dashboard",
      "rules",
      "verify",
      "lock",
    ]);
    for (const name of names) {
      const help = await narthex([name, "--help"]);
      expect(help.code).toBe(0);
      expect(help.out).toMatch(new RegExp(`^Usage: narthex ${name} [^]*\nExamples:\n  `));
      expect(await narthex(["help", name])).toEqual(help);
    }
  });

  test.each<[args: string[], message: string]>([
    [["chek"], 'narthex: there is no command "chek". Did you mean check?'],
    [["check"], "check was given 0 arguments, and takes 1. narthex check --help shows examples."],
    [
      ["check", "--nothing", "page.txt"],
      "Unknown option '--nothing'. narthex check --help lists the options.",
    ],
    [
      ["check", "gone.txt"],
      "gone.txt: there is no such file. A URL begins with http:// or https://.",
    ],
    [["check", "--limit", "few", "page.txt"], '--limit is "few": use a whole number from 1.'],
    [["check", "--timeout", "0", "http://127.0.0.1:9/"], '--timeout is "0": use seconds'],
    [
      ["convert", "--to", "xml", "page.txt"],
      '--to is "xml": use one of text, text-1, openmetrics, openmetrics-2, protobuf.',
    ],
    [["watch", "page.txt"], "page.txt can't be watched: use a URL, which begins with http:// or"],
    [["watch", "--interval", "0", "http://127.0.0.1:9/"], '--interval is "0": use seconds'],
    [["watch", "--count", "0", "http://127.0.0.1:9/"], '--count is "0": use a whole number from 1'],
    [["check", "--accept", "xml", "http://127.0.0.1:9/"], '--accept is "xml": use one of openmetr'],
    [["verify", "page.txt"], "--against is missing: name the page."],
    [["rules", "--objectives", "page.txt", "page.txt"], "page.txt: "],
    [["lock", "objectives.yml"], "objectives.yml: The page can't be parsed: line 1"],
    [
      ["lock", "page.txt", "--file", "gone/metrics.lock"],
      "gone/metrics.lock: there is no such file.",
    ],
    [["verify", ".", "--against", "page.txt"], "narthex: .: it is a folder.\n"],
    [["check", "--timeout", "soon", "page.txt"], '--timeout is "soon": use seconds'],
    [["check", "--accept", "xml", "page.txt"], '--accept is "xml": use one of openmetr'],
    [["convert", "--to", "text", "--json", "page.txt"], "Unknown option '--json'."],
    [["diff", "-", "-"], "- is the standard input, which can be read only once: name a file."],
    [
      ["rules", "--objectives", "wrong.yml", "page.txt"],
      'wrong.yml: Objective "fast": objective is 9: use a fraction',
    ],
    [
      ["rules", "--objectives", "broken.yml", "page.txt"],
      "broken.yml: Nested mappings are not allowed in compact mappings at line 1, column 3.\n",
    ],
  ])("%j is a mistake, which it explains, with exit code 2", async (args, message) => {
    const { code, out, err } = await narthex(args);
    expect(err).toContain(message);
    expect(err.trimEnd()).not.toContain("\n    at ");
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  test("has no colours where there is no terminal", async () => {
    const { out } = await narthex(["diff", "page.txt", "renamed.txt"]);
    expect(out).not.toContain("\u001b");
  });

  test("ends in peace when its reader has read enough", async () => {
    const big = `${PAGE}# TYPE many gauge\n${Array.from({ length: 50_000 }, (_, i) => `many{i="${i}"} 1\n`).join("")}`;
    writeFileSync(join(folder, "big.txt"), big);
    const child = start(["convert", "--to", "text", "big.txt"]);
    child.stdout!.once("data", () => child.stdout!.destroy());
    const [err] = await Promise.all([text(child.stderr!), once(child, "exit")]);
    expect({ err, code: child.exitCode }).toEqual({ err: "", code: 0 });
  });
});

test.runIf(existsSync("/dev/full"))("says that its output can't be written", async () => {
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, [program, "convert", "--to", "text", "page.txt"], {
    cwd: folder,
    stdio: ["ignore", full, "pipe"],
  });
  const [err] = await Promise.all([text(child.stderr!), once(child, "close")]);
  closeSync(full);
  expect({ code: child.exitCode, err }).toEqual({
    code: 2,
    err: "narthex: the output can't be written: ENOSPC: no space left on device, write.\n",
  });
});

describe("a target", () => {
  test("that hangs is given up", async () => {
    const url = await serving(() => undefined);
    const { code, err } = await narthex(["check", "--timeout", "0.3", url]);
    expect({ code, err }).toEqual({
      code: 2,
      err: `narthex: ${url}: no whole answer within 0.3 s; --timeout gives it more.\n`,
    });
  });

  test("that hangs is left by Ctrl-C", async () => {
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const url = await serving(() => asked());
    const child = start(["check", url]);
    await isAsked;
    child.kill("SIGINT");
    await once(child, "exit");
    expect(child.signalCode).toBe("SIGINT");
  });

  test("that cuts the connection is no page, for every command", async () => {
    const url = await serving((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("a 1\n", () => response.destroy());
    });
    const ends = [
      ["check", url],
      ["watch", "--count", "1", url],
      ["diff", "page.txt", url],
      ["convert", "--to", "text", url],
      ["dashboard", url],
      ["rules", url],
      ["verify", "objectives.yml", "--against", url],
      ["lock", url],
    ].map(async (args) => {
      const { code, out, err } = await narthex(args);
      expect({ code, out }, args[0]).toEqual({ code: 2, out: "" });
      expect(err, args[0]).toContain("the connection was cut before the end of the page");
    });
    await Promise.all(ends);
  });

  test("that refuses says its status", async () => {
    const url = await serving((_, response) => response.writeHead(401).end());
    expect((await narthex(["check", url])).err).toBe(
      `narthex: ${url} answered 401 Unauthorized. --header sends what it asks for.\n`,
    );
  });

  test("gets the headers that are given, and the password of its URL, which is never shown", async () => {
    const asked: unknown[] = [];
    const url = await serving(({ headers }, response) => {
      asked.push([headers.authorization, headers["x-team"]]);
      response.end(PAGE);
    });
    const named = url.replace("//", "//ada:se%3Acret@");
    const header = ["--header", "Authorization: Bearer a:b", "--header", "x-team:shop"];
    expect((await narthex(["check", ...header, url])).code).toBe(0);
    const { out } = await narthex(["check", "--json", named]);
    expect(JSON.parse(out).page).toBe(url);
    const lines = await narthex(["watch", "--count", "1", "--interval", "0.1", named]);
    expect(lines.code).toBe(0);
    const basic = `Basic ${Buffer.from("ada:se:cret").toString("base64")}`;
    expect(asked.slice(0, 3)).toEqual([
      ["Bearer a:b", "shop"],
      [basic, undefined],
      [basic, undefined],
    ]);
    const gone = "http://ada:secret@127.0.0.1:9/metrics";
    for (const args of [
      ["check", gone],
      ["watch", "--count", "1", gone],
      ["diff", gone, gone],
    ]) {
      expect((await narthex(args)).err).toMatch(/^narthex: http:\/\/127\.0\.0\.1:9\/metrics: /);
    }
    expect((await narthex(["check", "--header", "a b: secret", url])).err).toBe(
      'narthex: --header "a b" is no header: use a name and a value, as in --header "authorization: Bearer …".\n',
    );
  });

  test("moves no cursor by what it says", async () => {
    const url = await serving((request) => {
      request.socket.end("HTTP/1.1 500 \u001b[2Jno\r\ncontent-length: 0\r\n\r\n");
    });
    for (const args of [
      ["check", url],
      ["watch", "--count", "1", url],
    ]) {
      const { err } = await narthex(args);
      expect(err).toContain("answered 500 \ufffd[2Jno");
    }
  });

  test("that sends broken gzip is told from one that cuts the connection", async () => {
    const url = await serving((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(PAGE);
    });
    const { code, err } = await narthex(["check", url]);
    expect(code).toBe(2);
    expect(err).toContain("it can't be decompressed: incorrect header check.");
  });

  test("is asked for OpenMetrics first", async () => {
    const url = await serving((request, response) => {
      expect(request.headers.accept).toMatch(/^application\/openmetrics-text/);
      response.setHeader("content-type", "application/openmetrics-text; version=1.0.0");
      response.end("# TYPE a counter\n# HELP a A.\na_total 1\n# EOF\n");
    });
    expect(await narthex(["check", url])).toMatchObject({ code: 0, err: "" });
  });
});

describe("check", () => {
  test("is content with a good page, also from the standard input", async () => {
    expect(await narthex(["check", "-"], PAGE)).toEqual({
      code: 0,
      out: "2 families, 2 series, 0 findings\n",
      err: "",
    });
  });

  test("finds that there is nothing, as of a program before the pipe that has failed", async () => {
    expect(await narthex(["check", "-"], "")).toEqual({
      code: 1,
      out: "-: there are no metrics (empty)\n0 families, 0 series, 1 finding\n",
      err: "",
    });
  });

  test("finds faults, too many series and pages that can't be read, also as JSON", async () => {
    const page = '# TYPE a gauge\na{x="1"} 1\na{x="2"} 1\n';
    const { code, out } = await narthex(["check", "--json", "--limit", "1", "-"], page);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      page: "-",
      families: 1,
      series: 2,
      findings: [
        { metric: "a", rule: "no-help", text: "no help text" },
        { metric: "a", rule: "cardinality", text: "2 series, and the limit is 1" },
      ],
    });
    expect((await narthex(["check", "-"], "a 1 2 3 4\n")).out).toContain("(syntax)");
  });

  test("lets no text of a page move the cursor", async () => {
    const { out } = await narthex(
      ["check", "-"],
      '# TYPE a gauge\na{x="\u001b[2J"} -1\nb\u001b[2J 1\n',
    );
    expect(out).not.toContain("\u001b");
  });
});

test("diff tells what has come and gone", async () => {
  const changed = PAGE.replace('le="0.5"', 'le="0.25"').replace("plan=", "tier=");
  writeFileSync(join(folder, "changed.txt"), changed);
  expect(await narthex(["diff", "page.txt", "changed.txt"])).toEqual({
    code: 1,
    out: `~ orders_total: without label plan
~ orders_total: with new label tier
~ order_duration_seconds: without bucket 0.5
~ order_duration_seconds: with new bucket 0.25
4 differences
`,
    err: "",
  });
  expect((await narthex(["diff", "page.txt", "renamed.txt"])).out).toBe(
    "- orders_total\n+ purchases_total\n2 differences\n",
  );
  expect(await narthex(["diff", "--series", "page.txt", "page.txt"])).toMatchObject({
    code: 0,
    out: "no difference\n",
  });
  const { out } = await narthex(["diff", "--series", "--json", "page.txt", "changed.txt"]);
  expect(JSON.parse(out).changes).toContainEqual({
    kind: "gone",
    metric: 'orders_total{plan="free"}',
    text: "",
  });
});

test("convert writes a page in another format, and back", async () => {
  const { out } = await narthex(["convert", "--to", "openmetrics", "page.txt"]);
  expect(out).toContain("# TYPE orders counter\n");
  expect(out).toMatch(/# EOF\n$/);
  expect((await narthex(["convert", "--to", "text", "-"], out)).out).toBe(PAGE);
});

test("pages in protobuf are read from files and targets, native histograms with them", async () => {
  const child = start(["convert", "--to", "protobuf", "page.txt"]);
  const [bytes] = await Promise.all([buffer(child.stdout!), once(child, "close")]);
  writeFileSync(join(folder, "page.pb"), bytes);
  expect((await narthex(["convert", "--to", "text", "page.pb"])).out).toBe(PAGE);
  expect(await narthex(["check", "page.pb"])).toMatchObject({
    code: 0,
    out: "2 families, 2 series, 0 findings\n",
  });
  expect(await narthex(["diff", "page.txt", "page.pb"])).toMatchObject({ code: 0, err: "" });
  let accept = "";
  const url = await serving((request, response) => {
    accept = request.headers.accept!;
    response.setHeader("content-type", "application/vnd.google.protobuf; encoding=delimited");
    response.end(bytes);
  });
  expect((await narthex(["convert", "--to", "text", "--accept", "protobuf", url])).out).toBe(PAGE);
  expect(accept).toMatch(
    /^application\/vnd\.google\.protobuf;proto=io\.prometheus\.client\.MetricFamily;/,
  );
  writeFileSync(join(folder, "cut.pb"), bytes.subarray(0, 50));
  expect(await narthex(["check", "cut.pb"])).toMatchObject({ code: 1, err: "" });
  expect((await narthex(["diff", "cut.pb", "page.pb"])).err).toContain("or was cut off");
});

test("diff tells nothing of infos and state sets that text has as gauges", async () => {
  const page = `# TYPE build info
build_info{version="1"} 1
# TYPE mode stateset
mode{mode="on"} 1
mode{mode="off"} 0
# EOF
`;
  writeFileSync(join(folder, "facts.txt"), page);
  for (const format of ["text", "protobuf"]) {
    const child = start(["convert", "--to", format, "facts.txt"]);
    const [bytes] = await Promise.all([buffer(child.stdout!), once(child, "close")]);
    writeFileSync(join(folder, "gauges"), bytes);
    for (const files of [
      ["facts.txt", "gauges"],
      ["gauges", "facts.txt"],
    ]) {
      expect((await narthex(["diff", ...files])).out).toBe("no difference\n");
    }
  }
});

test("lock writes what queries depend on, and finds what has changed", async () => {
  expect((await narthex(["lock", "page.txt"])).out).toBe("metrics.lock: 2 metrics\n");
  const lines = readFileSync(join(folder, "metrics.lock"), "utf8").split("\n");
  expect(lines.filter((line) => !line.startsWith("#"))).toEqual([
    "counter orders_total {plan}",
    "histogram order_duration_seconds seconds [0.5]",
    "",
  ]);
  expect(await narthex(["lock", "--check", "page.txt"])).toMatchObject({
    code: 0,
    out: "metrics.lock is up to date\n",
  });
  expect(await narthex(["lock", "--check", "renamed.txt"])).toMatchObject({
    code: 1,
    out: "- counter orders_total {plan}\n+ counter purchases_total {plan}\nmetrics.lock differs: write it anew with narthex lock\n",
  });
});

test("rules and dashboards are made of a page, and verify finds what no longer fits", async () => {
  const options = ["--objectives", "objectives.yml"];
  for (const [name, file] of [
    ["rules", "rules.yml"],
    ["dashboard", "board.json"],
  ] as const) {
    const { code, out, err } = await narthex([name, ...options, "page.txt"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    writeFileSync(join(folder, file), out);
  }
  const text = readFileSync(join(folder, "rules.yml"), "utf8");
  expect(await narthex(["verify", "-", "--against", "page.txt"], text)).toMatchObject({ code: 0 });
  const json = await narthex(["rules", "--json", ...options, "page.txt"]);
  expect(JSON.parse(json.out)).toEqual(parseYaml(text));
  const files = ["rules.yml", "board.json", "--against"];
  expect(await narthex(["verify", ...files, "page.txt"])).toMatchObject({ code: 0, err: "" });
  const { code, out } = await narthex(["verify", "--json", ...files, "renamed.txt"]);
  expect(code).toBe(1);
  const { faults } = JSON.parse(out);
  expect(faults[0]).toMatchObject({
    place: 'board.json: panel "Orders"',
    reason: "there is no metric orders_total",
  });
});

test("real pages of other programs can be checked, compared and converted", {
  timeout: 120_000,
}, async () => {
  for (const [name, page] of Object.entries(PAGES)) {
    const path = join(folder, `${name.replaceAll(/\W/g, "-")}.txt`);
    writeFileSync(path, page);
    const [checked, same, converted] = await Promise.all([
      narthex(["check", path]),
      narthex(["diff", "--series", path, path]),
      narthex(["convert", "--to", "openmetrics", path]),
    ]);
    expect(checked.err).toBe("");
    expect(same).toMatchObject({ code: 0, out: "no difference\n" });
    expect(converted).toMatchObject({ code: 0, err: "" });
  }
});
