import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { guides, pagesIn, repository } from "./code-blocks.ts";

const pages = [...new Set([...pagesIn("."), ...guides(), "articles/README.md"])];

test.each(pages)("the links of %s lead somewhere", (page) => {
  const dead = linksOf(page).filter((link) => !leadsSomewhere(page, link));
  expect(dead).toEqual([]);
});

test("every guide is reached from the README", () => {
  const reached = new Set(["README.md"]);
  for (const page of reached) {
    for (const link of linksOf(page)) {
      const path = join(dirname(page), link.split("#")[0]!);
      if (path.endsWith(".md") && existsSync(join(repository, path))) reached.add(path);
    }
  }
  expect(guides().filter((page) => !reached.has(page))).toEqual([]);
});

/** The relative links of a page. */
function linksOf(page: string): string[] {
  const links = proseOf(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g);
  return Array.from(links, ([, link]) => link!);
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : join(dirname(page), path);
  if (!existsSync(join(repository, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(page: string): string[] {
  const headings = proseOf(page).matchAll(/^#+ (.+)$/gm);
  return Array.from(headings, ([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** A page without its code. */
function proseOf(page: string): string {
  return readFileSync(join(repository, page), "utf8").replace(/^```.*?^```$/gms, "");
}
