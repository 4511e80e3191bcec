/** A group of rules, which Prometheus evaluates one after another. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly Rule[];
}

type Rule = RecordingRule | AlertingRule;

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The groups as a file of rules. */
export function rulesFile(groups: readonly RuleGroup[]): string {
  if (groups.length === 0) return "groups: []\n";
  const lines = groups.flatMap(({ name, rules }) => [
    `  - name: ${text(name)}`,
    "    rules:",
    ...rules.flatMap(ruleLines),
  ]);
  return `groups:\n${lines.join("\n")}\n`;
}

function ruleLines({ expr, ...rule }: Rule): string[] {
  const first = "record" in rule ? `record: ${text(rule.record)}` : `alert: ${text(rule.alert)}`;
  const annotations = "annotations" in rule ? rule.annotations : {};
  return [
    `      - ${first}`,
    "        expr: |-",
    ...expr.split("\n").map((line) => `          ${line}`),
    ...mapLines("labels", rule.labels ?? {}),
    ...mapLines("annotations", annotations),
  ];
}

function mapLines(name: string, map: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(map);
  if (entries.length === 0) return [];
  return [`        ${name}:`, ...entries.map(([key, value]) => `          ${key}: ${text(value)}`)];
}

/** A scalar: plain where it can't be anything else than this text, or else as a string of JSON, which is YAML, too. */
function text(value: string): string {
  return /^[a-zA-Z_][\w:./-]*[\w]$/.test(value) && !/^(true|false|null|yes|no|on|off)$/i.test(value)
    ? value
    : JSON.stringify(value);
}
