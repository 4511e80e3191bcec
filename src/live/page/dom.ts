type Child = Node | string | undefined;

interface Props {
  readonly class?: string;
  readonly text?: string;
  readonly title?: string;
  readonly id?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly on?: Readonly<Record<string, (event: Event) => void>>;
}

/** An element. Texts of metrics only ever become text nodes and attributes, never HTML. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (props.class !== undefined) element.className = props.class;
  if (props.id !== undefined) element.id = props.id;
  if (props.title !== undefined) element.title = props.title;
  if (props.text !== undefined) element.textContent = props.text;
  for (const [name, value] of Object.entries(props.attributes ?? {})) {
    element.setAttribute(name, value);
  }
  for (const [name, listener] of Object.entries(props.on ?? {})) {
    element.addEventListener(name, listener);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

export function button(text: string, press: () => void, props: Props = {}): HTMLButtonElement {
  return el("button", {
    text,
    ...props,
    attributes: { type: "button", ...props.attributes },
    on: { click: press },
  });
}

export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A message at the edge of the window, which goes by itself. */
function toast(message: string, detail = ""): void {
  const box = document.getElementById("toast")!;
  box.replaceChildren(
    el("strong", { text: message }),
    ...(detail ? [el("code", { text: detail })] : []),
  );
  box.classList.add("shown");
  clearTimeout(toastTimer);
  toastTimer = window.setTimeout(() => box.classList.remove("shown"), 5000);
}

let toastTimer = 0;

/** Copies a text; where the browser refuses, it is shown to be copied by hand. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied`, text);
  } catch {
    toast(what, text);
  }
}
