/** The colours of charts, as the style sheet has them at this moment. */
export interface Colours {
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  readonly surface: string;
  readonly heat: readonly [number, number, number];
  readonly lines: readonly string[];
  readonly good: string;
  readonly warn: string;
  readonly bad: string;
  readonly quantiles: readonly string[];
}

let known: Colours | undefined;
const listeners = new Set<() => void>();

export function colours(): Colours {
  if (known !== undefined) return known;
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const heat = read("heat").split(" ").map(Number);
  known = {
    text: read("text"),
    faint: read("faint"),
    grid: read("grid"),
    surface: read("surface"),
    heat: [heat[0]!, heat[1]!, heat[2]!],
    lines: Array.from({ length: 8 }, (_, i) => read(`line-${i + 1}`)),
    good: read("good"),
    warn: read("warn"),
    bad: read("bad"),
    quantiles: ["q50", "q95", "q99"].map(read),
  };
  return known;
}

/** Calls `redraw` whenever the colours change; the result ends that. */
export function onTheme(redraw: () => void): () => void {
  listeners.add(redraw);
  return () => void listeners.delete(redraw);
}

function changed(): void {
  known = undefined;
  for (const redraw of listeners) redraw();
}

const KEY = "narthex-theme";

/** Follows the system until the user chooses. */
export function startTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => setTheme(chosenTheme() ?? (system.matches ? "dark" : "light"));
  system.addEventListener("change", follow);
  follow();
}

export function switchTheme(): void {
  const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem(KEY, theme);
  setTheme(theme);
}

function chosenTheme(): string | undefined {
  const theme = localStorage.getItem(KEY);
  return theme === "dark" || theme === "light" ? theme : undefined;
}

function setTheme(theme: string): void {
  document.documentElement.dataset.theme = theme;
  changed();
}
