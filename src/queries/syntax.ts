import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

/** A query and its syntax tree. */
export class Query {
  readonly text: string;
  readonly root: SyntaxNode;

  constructor(text: string) {
    this.text = text;
    this.root = parser.parse(text).topNode;
  }

  textOf({ from, to }: { readonly from: number; readonly to: number }): string {
    return this.text.slice(from, to);
  }

  /** Where the query is no PromQL, as the rest of a sentence; undefined if it is. */
  fault(): string | undefined {
    let at: number | undefined;
    this.root.cursor().iterate(({ type, from }) => {
      if (type.isError) at ??= from;
    });
    if (at === undefined) return this.text.trim() === "" ? "it is empty" : undefined;
    const rest = this.text.slice(at).trimStart();
    return rest === "" ? "it ends too early" : `near ${JSON.stringify(rest.slice(0, 20))}`;
  }

  all(name: string, within: SyntaxNode = this.root): SyntaxNode[] {
    const found: SyntaxNode[] = [];
    within.cursor().iterate((node) => {
      if (node.name === name) found.push(node.node);
    });
    return found;
  }

  /** The value of a string literal. */
  string(node: SyntaxNode): string {
    const literal = this.textOf(node);
    const inner = literal.slice(1, -1);
    if (literal.startsWith("`")) return inner;
    return inner.replace(/\\(.)/g, (_, letter: string) => (letter === "n" ? "\n" : letter));
  }

  /** The labels of `by (…)`, `on (…)` and the like. */
  labelsIn(grouping: SyntaxNode): string[] {
    const quoted = this.all("QuotedLabelName", grouping).map((node) =>
      this.string(node.firstChild!),
    );
    return [...this.all("LabelName", grouping).map((node) => this.textOf(node)), ...quoted];
  }
}

/** The nearest node around this one of one of these kinds. */
export function around(node: SyntaxNode, ...names: readonly string[]): SyntaxNode | undefined {
  for (let parent = node.parent; parent !== null; parent = parent.parent) {
    if (names.includes(parent.name)) return parent;
  }
  return undefined;
}

/** One condition on a label. */
export interface LabelMatcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** A selector of series. */
export interface Selector {
  readonly node: SyntaxNode;
  readonly name: string | undefined;
  readonly matchers: readonly LabelMatcher[];
}

export function selectorsOf(query: Query, within?: SyntaxNode): Selector[] {
  return query.all("VectorSelector", within).map((node) => {
    const quoted = query.all("QuotedLabelName", node)[0]?.firstChild;
    const matchers = [
      ...query.all("UnquotedLabelMatcher", node),
      ...query.all("QuotedLabelMatcher", node),
    ].map((matcher): LabelMatcher => {
      const [label] = [
        ...query.all("LabelName", matcher),
        ...query.all("QuotedLabelName", matcher),
      ];
      const [operator] = query.all("MatchOp", matcher);
      const isQuoted = label!.name === "QuotedLabelName";
      return {
        label: isQuoted ? query.string(label!.firstChild!) : query.textOf(label!),
        operator: query.textOf(operator!),
        value: query.string(matcher.lastChild!),
      };
    });
    const named = matchers.find(({ label, operator }) => label === "__name__" && operator === "=");
    const identifier = node.getChild("Identifier");
    const bare =
      quoted?.parent?.parent?.name === "LabelMatchers" ? query.string(quoted) : undefined;
    return {
      node,
      name: identifier ? query.textOf(identifier) : (named?.value ?? bare),
      matchers: matchers.filter(({ label }) => label !== "__name__"),
    };
  });
}
