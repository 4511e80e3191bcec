import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { repository } from "../../scripts/repository.mjs";
import { chromiumEnvironment } from "../../scripts/servers/find-chromium.mjs";

/** Where screenshots are kept to be looked at; git ignores it. */
const screenshots = join(repository, ".cache/screenshots");

export const SIZES = {
  phone: { width: 390, height: 844 },
  wide: { width: 1440, height: 900 },
} as const;

export function launch(executablePath: string): Promise<Browser> {
  const env = chromiumEnvironment(executablePath);
  // Containers have no name spaces for its sandbox, and it visits nothing but our page.
  return chromium.launch({ executablePath, env, args: ["--no-sandbox"] });
}

/** A page that fails its test where the browser reports an error or blocks anything. */
export async function open(
  browser: Browser,
  url: string,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage({ viewport: SIZES.wide, ...options });
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(url.split("#", 1)[0]!))
      errors.push(`it asks for ${request.url()}`);
  });
  await page.goto(url);
  await page.getByText("live", { exact: true }).waitFor();
  return { page, errors };
}

export async function look(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}

/** What axe finds wrong for people with disabilities. */
async function violations(page: Page): Promise<string[]> {
  // Not as a script of the page, whose policy would refuse it.
  await page.evaluate(`${axe.source}; undefined`);
  const found = (await page.evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html.slice(0, 120)).join(" | ")))`,
  )) as string[];
  return found;
}

/** Whether a chart has anything but its axes: its middle has colours. */
export async function hasDrawn(page: Page, title: string): Promise<boolean> {
  const canvas = page.locator("section.card", { hasText: title }).locator("canvas").first();
  return canvas.evaluate((element) => {
    const { width, height } = element as unknown as { width: number; height: number };
    const context = (
      element as unknown as {
        getContext(kind: "2d"): { getImageData(...area: number[]): { data: Uint8ClampedArray } };
      }
    ).getContext("2d");
    const { data } = context.getImageData(width / 4, 0, (width * 3) / 4, height);
    let coloured = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [red, green, blue, alpha] = data.slice(i, i + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      // Axes and their texts are grey.
      if (alpha > 0 && Math.max(red, green, blue) - Math.min(red, green, blue) > 40) coloured += 1;
    }
    return coloured > 100;
  });
}

export function gzippedBytes(text: string): number {
  return gzipSync(text).length;
}

export async function expectFine(page: Page, errors: readonly string[]): Promise<void> {
  expect(errors).toEqual([]);
  expect(await violations(page)).toEqual([]);
}
