import { spawn } from "node:child_process";
import { once } from "node:events";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { step } from "./step.mjs";

let printed: string[];
beforeEach(() => {
  printed = [];
  vi.spyOn(console, "log").mockImplementation((text) => void printed.push(text));
});
afterEach(() => {
  vi.restoreAllMocks();
});

function terminal({ isTTY = true, columns = 80 } = {}) {
  let written = "";
  const stream = new Writable({
    write(chunk, _, done) {
      written += chunk;
      done();
    },
  });
  return Object.assign(stream as unknown as NodeJS.WriteStream, {
    isTTY,
    columns,
    text: () => written,
  });
}

it("prints a line before and after the work where there is no terminal", async () => {
  const out = terminal({ isTTY: false });
  const result = await step("Building", () => printed.push("works"), { terminal: out });
  expect(result).toBe(2);
  expect(printed).toEqual([
    "Building …",
    "works",
    expect.stringMatching(/^Building: ok \(\d+ s\)$/),
  ]);
  expect(out.text()).toBe("");
});

it("shows on a terminal what it does now, in one line that is gone at the end", async () => {
  const out = terminal();
  const work = async (show: (detail: string) => void) => {
    show("12 packages");
    await sleep(250);
  };
  await step("Installing", work, { terminal: out });
  expect(out.text()).toMatch(/Installing … 0 s, 12 packages/);
  expect(out.text()).not.toContain("\n");
  expect(out.text().endsWith("[2K")).toBe(true);
  expect(printed).toEqual([expect.stringMatching(/^Installing: ok/)]);
});

it("has one line that moves for steps that run at once, and prints what the others say above it", async () => {
  const out = terminal();
  const second = () => step("Downloading", () => {}, { terminal: out });
  await step("Installing", second, { terminal: out });
  expect(out.text()).not.toContain("Downloading");
  expect(out.text().match(/Installing …/g)).toHaveLength(1);
  expect(printed).toEqual([
    "Downloading …",
    expect.stringMatching(/^Downloading: ok/),
    expect.stringMatching(/^Installing: ok/),
  ]);
  await step("Building", () => {}, { terminal: out });
  expect(out.text()).toContain("Building …");
});

it("keeps the line within the terminal", async () => {
  const out = terminal({ columns: 20 });
  await step("A title that is wider than the terminal", () => {}, { terminal: out });
  expect(out.text()).toContain("⠋ A title that is w");
  expect(out.text()).not.toContain("wi");
});

it("lets work that prints itself print undisturbed", async () => {
  const out = terminal();
  await step("tests", () => printed.push("42 passed"), { terminal: out, ownOutput: true });
  expect(printed.slice(0, 2)).toEqual(["tests …", "42 passed"]);
  expect(out.text()).toBe("");
});

it("says that it failed, and passes the error on", async () => {
  const work = () => Promise.reject(new Error("no network"));
  await expect(step("Installing", work, { terminal: terminal() })).rejects.toThrow("no network");
  expect(printed).toEqual([expect.stringMatching(/^Installing: failed/)]);
});

it("says what Ctrl-C stopped, and ends with the status of a shell", async () => {
  const module = new URL("./step.mjs", import.meta.url).href;
  const program = `const { step } = await import("${module}");
    await step("Installing", () => new Promise((resolve) => setTimeout(resolve, 60_000)));`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program]);
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    if (output === "") child.kill("SIGINT");
    output += text;
  });
  expect(await once(child, "close")).toEqual([130, null]);
  expect(output).toMatch(
    /^Installing …\nInstalling: stopped by Ctrl-C after \d+ s; run .* again.*\n$/,
  );
});
