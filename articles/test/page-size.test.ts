import { expect, test } from "vitest";
import { openApp } from "./open-app.ts";

const MEBIBYTE = 2 ** 20;

test.each([
  ["letters", "x"],
  ["characters that JSON escapes", '"'],
  ["controls, of six bytes in JSON", "\u0001"],
  ["characters of four bytes", "🦊"],
])(
  "a page of large articles of %s is bounded in bytes, and the next ones have the rest",
  async (_, text) => {
    const app = await openApp();
    // As many as a body takes.
    const body = text.repeat(
      Math.floor((0.95 * MEBIBYTE) / (JSON.stringify(text).length - 2) / (text === "🦊" ? 2 : 1)),
    );
    const posted: string[] = [];
    for (let n = 0; n < 5; n++) {
      const answer = await app.inject({
        method: "POST",
        url: "/articles",
        body: { title: `${n}`, body, author: "a" },
      });
      posted.unshift(answer.json().id);
    }
    const small = await app.inject({
      method: "POST",
      url: "/articles",
      body: { title: "s", body: "", author: "a" },
    });
    posted.unshift(small.json().id);

    for (const filter of ["", "author=a&"]) {
      const listed: string[] = [];
      let url = `/articles?${filter}limit=100`;
      for (;;) {
        const page = await app.inject(url);
        expect(page.rawPayload.length).toBeLessThan(1.1 * MEBIBYTE);
        const { items, next } = page.json();
        expect(items.length).toBeGreaterThan(0);
        listed.push(...items.map(({ id }: { id: string }) => id));
        if (next === undefined) break;
        url = `/articles?${filter}limit=100&cursor=${next}`;
      }
      expect(listed).toEqual(posted);
    }
  },
);

test("small articles fill a page up to its limit", async () => {
  const app = await openApp();
  for (let n = 0; n < 101; n++) {
    await app.inject({
      method: "POST",
      url: "/articles",
      body: { title: "t", body: "b".repeat(1_000) },
    });
  }
  const { items, next } = (await app.inject("/articles?limit=100")).json();
  expect(items).toHaveLength(100);
  expect(next).toEqual(expect.any(String));
});
