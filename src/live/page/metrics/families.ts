import type { Family, Index } from "../data.ts";
import { el, setText } from "../dom.ts";
import type { Store } from "../histories.ts";
import { type FamilyActions, FamilyCard } from "./family-card.ts";

const CARD_HEIGHT = 244;
const HEAD_HEIGHT = 52;
const MIN_WIDTH = 340;
const GAP = 16;
/** How far beyond the window cards are made, in pixels. */
const MARGIN = 300;

interface Placed {
  readonly top: number;
  readonly height: number;
  readonly group?: { readonly name: string; readonly families: number };
  readonly families: readonly Family[];
}

/** All families as cards, of which only those in the window exist. */
export class Families {
  readonly element: HTMLElement;
  readonly #search: HTMLInputElement;
  readonly #type: HTMLSelectElement;
  readonly #groups: HTMLSelectElement;
  readonly #found = el("p", { class: "found", attributes: { role: "status" } });
  readonly #list = el("div", {
    class: "cards",
    attributes: { role: "list", "aria-label": "Metrics" },
  });
  readonly #actions: FamilyActions;
  readonly #cards = new Map<string, FamilyCard>();
  readonly #heads = new Map<string, HTMLElement>();
  #families: readonly Family[] = [];
  #placed: readonly Placed[] = [];
  #columns = 0;
  #key = "";

  constructor(actions: FamilyActions) {
    this.#actions = actions;
    const change = () => this.#place();
    this.#search = el("input", {
      attributes: {
        type: "search",
        placeholder: "Search names, help and types",
        "aria-label": "Search metrics",
        "aria-keyshortcuts": "/",
      },
      on: { input: change },
    });
    this.#type = el("select", { attributes: { "aria-label": "Type" }, on: { change } });
    this.#groups = el("select", {
      attributes: { "aria-label": "Go to a group" },
      on: { change: () => this.#jump() },
    });
    const bar = el("div", { class: "bar" }, this.#search, this.#type, this.#groups, this.#found);
    this.element = el("div", {}, bar, this.#list);
    new ResizeObserver(() => this.#place()).observe(this.#list);
    addEventListener("scroll", () => requestAnimationFrame(() => this.#show()), { passive: true });
  }

  /** The families whose cards are there. */
  get shown(): string[] {
    return [...this.#cards.keys()];
  }

  focusSearch(): void {
    this.#search.focus();
    this.#search.select();
  }

  list({ families }: Index): void {
    const key = JSON.stringify(families.map(({ name, type, series }) => [name, type, series > 0]));
    this.#families = families;
    if (key !== this.#key) {
      this.#key = key;
      this.#fillTypes();
      this.#place();
    }
    for (const family of families) this.#cards.get(family.name)?.setFamily(family);
  }

  update(stores: ReadonlyMap<string, Store>): void {
    this.#show();
    for (const [name, card] of this.#cards) {
      const store = stores.get(name);
      if (store !== undefined) card.update(store);
    }
  }

  #fillTypes(): void {
    const chosen = this.#type.value;
    const types = [...new Set(this.#families.map(({ type }) => type))].sort();
    this.#type.replaceChildren(
      el("option", { text: "All types", attributes: { value: "" } }),
      ...types.map((type) => el("option", { text: type, attributes: { value: type } })),
    );
    this.#type.value = types.includes(chosen) ? chosen : "";
  }

  #matching(): readonly Family[] {
    const words = this.#search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const type = this.#type.value;
    return this.#families.filter((family) => {
      if (type !== "" && family.type !== type) return false;
      const text =
        `${family.exposed} ${family.help} ${family.type} ${family.unit ?? ""}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }

  /** Computes where everything is. */
  #place(): void {
    const width = this.#list.clientWidth;
    if (width === 0) return;
    this.#columns = Math.max(1, Math.floor((width + GAP) / (MIN_WIDTH + GAP)));
    const families = this.#matching();
    const placed: Placed[] = [];
    let top = 0;
    const grouped = groupsOf(families);
    for (const [name, members] of grouped) {
      placed.push({
        top,
        height: HEAD_HEIGHT,
        group: { name, families: members.length },
        families: [],
      });
      top += HEAD_HEIGHT;
      for (let i = 0; i < members.length; i += this.#columns) {
        placed.push({ top, height: CARD_HEIGHT, families: members.slice(i, i + this.#columns) });
        top += CARD_HEIGHT + GAP;
      }
    }
    this.#placed = placed;
    this.#list.style.height = `${top}px`;
    setText(this.#found, `${families.length} of ${this.#families.length} metrics`);
    this.#groups.replaceChildren(
      el("option", { text: "Go to …", attributes: { value: "" } }),
      ...grouped.map(([name, members]) =>
        el("option", { text: `${name} (${members.length})`, attributes: { value: name } }),
      ),
    );
    this.#show();
  }

  #jump(): void {
    const to = this.#placed.find(({ group }) => group?.name === this.#groups.value);
    this.#groups.value = "";
    if (to === undefined) return;
    const top = this.#list.getBoundingClientRect().top + scrollY + to.top - 120;
    scrollTo({
      top,
      behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
    });
  }

  /** Makes the cards in the window, and removes the others. */
  #show(): void {
    const { top: listTop, width } = this.#list.getBoundingClientRect();
    if (width === 0) return;
    const from = -listTop - MARGIN;
    const to = from + innerHeight + 2 * MARGIN;
    const cardWidth = (width - GAP * (this.#columns - 1)) / this.#columns;
    const cards = new Set<string>();
    const heads = new Set<string>();
    const position = new Map(this.#families.map(({ name }, i) => [name, i + 1]));
    for (const { top, height, group, families } of this.#placed) {
      if (top + height < from) continue;
      if (top > to) break;
      if (group !== undefined) {
        heads.add(group.name);
        this.#head(group).style.transform = `translateY(${top}px)`;
      }
      families.forEach((family, column) => {
        cards.add(family.name);
        const card = this.#card(family);
        const { style } = card.element;
        style.width = `${cardWidth}px`;
        style.transform = `translate(${column * (cardWidth + GAP)}px, ${top}px)`;
        card.element.setAttribute("aria-posinset", String(position.get(family.name)));
        card.element.setAttribute("aria-setsize", String(this.#families.length));
      });
    }
    for (const [name, card] of this.#cards) {
      // A card that has the focus stays, so that the keyboard does not lose its place.
      if (cards.has(name) || card.element.contains(document.activeElement)) continue;
      card.destroy();
      this.#cards.delete(name);
    }
    for (const [name, head] of this.#heads) {
      if (heads.has(name)) continue;
      head.remove();
      this.#heads.delete(name);
    }
  }

  #head({ name, families }: NonNullable<Placed["group"]>): HTMLElement {
    let head = this.#heads.get(name);
    if (head === undefined) {
      // A heading is no item of the list, so it is a picture of one; cards have headings of their own.
      head = el(
        "div",
        { class: "group", attributes: { "aria-hidden": "true" } },
        el("span", { text: name }),
        el("small", { text: String(families) }),
      );
      this.#heads.set(name, head);
      this.#list.append(head);
    }
    setText(head.lastElementChild as HTMLElement, String(families));
    return head;
  }

  #card(family: Family): FamilyCard {
    let card = this.#cards.get(family.name);
    if (card !== undefined && card.type !== family.type) {
      card.destroy();
      card = undefined;
    }
    if (card === undefined) {
      card = new FamilyCard(family, this.#actions);
      this.#cards.set(family.name, card);
      this.#list.append(card.element);
      card.draw();
    }
    return card;
  }
}

/** Families by the first word of their names; words that only one has are among the others. */
function groupsOf(families: readonly Family[]): [string, Family[]][] {
  const groups = new Map<string, Family[]>();
  for (const family of families) {
    const word = /^[^_:.]+/.exec(family.name)?.[0] ?? family.name;
    const members = groups.get(word);
    if (members === undefined) groups.set(word, [family]);
    else members.push(family);
  }
  const others: Family[] = [];
  const large: [string, Family[]][] = [];
  for (const [word, members] of groups) {
    if (members.length > 1) large.push([word, members]);
    else others.push(...members);
  }
  if (others.length > 0) large.push(["others", others]);
  return large.sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
}

/** Requests come first, then the service's own metrics, then those that every service has. */
const LAST = ["others", "process", "nodejs", "narthex"];

function rank(group: string): number {
  return group === "http" ? -2 : LAST.indexOf(group);
}
