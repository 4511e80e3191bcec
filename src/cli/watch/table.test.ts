import { expect, test } from "vitest";
import { keysOf } from "./keys.ts";
import { type Column, laidOut, sparkline } from "./table.ts";
import { fitted, textWidth } from "./text-width.ts";

test("texts fit a number of columns, also where characters take two of them or none", () => {
  expect(fitted("orders", 8)).toBe("orders  ");
  expect(fitted("orders", 8, "right")).toBe("  orders");
  expect(fitted("orders_total", 8)).toBe("orders_…");
  expect(fitted("日本語", 4)).toBe("日… ");
  expect(fitted("e\u0301t\u00e9", 4)).toBe("e\u0301t\u00e9 ");
  expect(fitted("a", 0)).toBe("");
  expect(textWidth("🔥 ok")).toBe(5);
});

test("a sparkline has the newest value at its right, and blanks where nothing is known", () => {
  expect(sparkline([0, 4, 8], 5, true)).toBe("  ▁▅█");
  expect(sparkline([8, null, 4], 3, true)).toBe("█ ▅");
  expect(sparkline([100, 101, 102], 3, false)).toBe("▁▅█");
  expect(sparkline([5, 5], 2, false)).toBe("▁▁");
  expect(sparkline([1, 2, 3, 4], 2, true)).toBe("▇█");
  expect(sparkline([null], 1, true)).toBe(" ");
});

test("a narrow table leaves out the least important columns, and then the sparkline", () => {
  const column = (title: string, width: number, rank: number): Column<never> => {
    return { title, width, rank, side: "right", text: () => "" };
  };
  const columns = [column("NOW", 10, 1), column("P50", 9, 2), column("SERIES", 8, 3)];
  const titlesAt = (width: number) => {
    const { nameWidth, columns: shown, barWidth } = laidOut(width, 30, columns);
    const widths = shown.reduce((sum, one) => sum + 2 + one.width, 0);
    expect(nameWidth + widths + (barWidth === 0 ? 0 : 2 + barWidth)).toBe(width);
    return [...shown.map(({ title }) => title), ...(barWidth > 0 ? ["bars"] : [])].join(" ");
  };
  expect([100, 60, 55, 40, 30, 20].map(titlesAt)).toEqual([
    "NOW P50 SERIES bars",
    "NOW P50 bars",
    "NOW P50 bars",
    "NOW bars",
    "NOW",
    "",
  ]);
});

test("keys are told apart in what a terminal sends at once", () => {
  const names = keysOf("a\u001b[A\u001bOB\u001b[5~\u001b[200~é\r\u0003\u007f\u001b").map(
    ({ name }) => name,
  );
  expect(names).toEqual([
    "a",
    "up",
    "down",
    "pageup",
    "é",
    "enter",
    "interrupt",
    "backspace",
    "escape",
  ]);
});
