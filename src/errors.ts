import { didYouMean } from "./near-miss.ts";

/** Identifies the kind of error in programs: codes never change, but messages may. */
export type ErrorCode =
  | "NARTHEX_NAME_INVALID"
  | "NARTHEX_NAME_TAKEN"
  | "NARTHEX_OPTION_INVALID"
  | "NARTHEX_LABEL_NAME_INVALID"
  | "NARTHEX_LABELS_MISMATCH"
  | "NARTHEX_LABEL_VALUE_INVALID"
  | "NARTHEX_VALUE_INVALID"
  | "NARTHEX_EXEMPLAR_INVALID"
  | "NARTHEX_PAGE_INVALID"
  | "NARTHEX_PAGE_RELEASED"
  | "NARTHEX_LISTEN_FAILED"
  | "NARTHEX_TEXTFILE_FAILED"
  | "NARTHEX_PUSH_FAILED"
  | "NARTHEX_GROUP_UNKNOWN"
  | "NARTHEX_GROUP_TAKEN"
  | "NARTHEX_GROUP_FOLDER"
  | "NARTHEX_THREADS_FULL"
  | "NARTHEX_REGION_INVALID"
  | "NARTHEX_REGION_VERSION";

/** The only error that this package throws. A call that throws one has changed nothing. */
export class NarthexError extends Error {
  /** Tells this error from others where `instanceof` can't, as between copies of the package. */
  override readonly name = "NarthexError";
  /** What went wrong. It stays the same from version to version, whereas messages may change. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** A method or constructor that users call. */
export type PublicCall = (abstract new (...args: never) => unknown) | ((...args: never) => unknown);

/** Makes the stack of an error of this package begin at the user's line, which called this. */
export function fromCaller(error: unknown, call: PublicCall): unknown {
  if (!(error instanceof NarthexError)) return error;
  const { stack } = error;
  Error.captureStackTrace?.(error, call);
  // After an asynchronous step the call is no longer on the stack, and nothing is left of it.
  if (stack !== undefined && !/^ +at /m.test(error.stack ?? "")) error.stack = stack;
  return error;
}

/**
 * The line of user's code at which this was thrown, such as `at handler (file:///app/shop.js:12:5)`;
 * undefined where no stack tells it. It never throws.
 */
export function placeOf(thrown: unknown, call: PublicCall): string | undefined {
  try {
    const { stack } = fromCaller(thrown, call) as Error;
    return /^ +(at .*)$/m.exec(stack ?? "")?.[1];
  } catch {
    return undefined;
  }
}

/** Characters that can't be seen, such as a byte order mark, and blanks other than the space. */
const INVISIBLE = /(?! )[\p{C}\p{Z}]/gu;

/** A bad value as messages show it: its type and all of its characters can be seen, and long text is cut. */
export function show(value: unknown): string {
  if (typeof value === "string") {
    const quoted = JSON.stringify(value.slice(0, 80)).replace(INVISIBLE, escaped);
    return value.length > 80 ? `${quoted}…` : quoted;
  }
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The character as JSON may have it: `\ufeff`. */
function escaped(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

/** What names and texts must be that UTF-8 is to encode, as messages say it. */
export const WELL_FORMED = "a string of whole characters, which UTF-8 can encode";
export const NOT_EMPTY = `use ${WELL_FORMED}, and not an empty one`;

function list(names: readonly string[]): string {
  if (names.length === 0) return "none";
  const shown = names.slice(0, 20).map(show).join(", ");
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}

export function invalidMetricName(name: unknown): NarthexError {
  return new NarthexError(
    "NARTHEX_NAME_INVALID",
    `${show(name)} is not a metric name: use letters, digits and underscores, as in "orders" or "request_duration_seconds".`,
  );
}

/**
 * For a name that servers know by other letters than pages of the old formats.
 *
 * @param exposed the name with the suffix of its type
 * @param shown that name as the old formats have it
 * @param escaped the name without the suffix as they would have it
 */
export function utf8MetricName(
  name: string,
  exposed: string,
  shown: string,
  escaped: string,
): NarthexError {
  return new NarthexError(
    "NARTHEX_NAME_INVALID",
    `Metric ${show(name)}: Prometheus would have it as {${show(exposed)}}, and not as ${shown}, which is what curl shows. Name it ${escaped}, or allow the name with utf8: true, an option of the metric and of the registry.`,
  );
}

/** The same for a label. */
export function utf8LabelName(metric: string, label: string, escaped: string): NarthexError {
  return new NarthexError(
    "NARTHEX_LABEL_NAME_INVALID",
    `Metric ${show(metric)}: Prometheus would have its label as {${show(label)}="…"}, and not as ${escaped}, which is what curl shows. Name it ${escaped}, or allow the name with utf8: true, an option of the metric and of the registry.`,
  );
}

export function invalidLabelName(metric: string, label: unknown, rule: string): NarthexError {
  return new NarthexError(
    "NARTHEX_LABEL_NAME_INVALID",
    `Metric ${show(metric)}: ${show(label)} can't be a label name: ${rule}.`,
  );
}

export function invalidOption(
  metric: string,
  option: string,
  value: unknown,
  rule: string,
): NarthexError {
  return new NarthexError(
    "NARTHEX_OPTION_INVALID",
    `Metric ${show(metric)}: option ${option} is ${show(value)}: ${rule}.`,
  );
}

/** For an option that belongs to no metric. */
export function invalidSetting(
  where: string,
  option: string,
  value: unknown,
  rule: string,
): NarthexError {
  return new NarthexError(
    "NARTHEX_OPTION_INVALID",
    `${where}: option ${option} is ${show(value)}: ${rule}.`,
  );
}

/**
 * @param where what has the options
 * @param wayOut what to do instead, where that is known
 */
export function unknownOption(
  where: string,
  option: string,
  known: readonly string[],
  wayOut = didYouMean(option, known),
): NarthexError {
  const rest = wayOut ?? `use ${known.join(", ")}`;
  const end = rest.endsWith("?") ? "" : ".";
  return new NarthexError(
    "NARTHEX_OPTION_INVALID",
    `${where}: there is no option ${show(option)}: ${rest}${end}`,
  );
}

/**
 * For a service level objective.
 *
 * @param name undefined where that is what is wrong
 * @param shown the bad value, as messages show it
 */
export function invalidObjective(
  name: string | undefined,
  field: string,
  shown: string,
  rule: string,
): NarthexError {
  const which = name === undefined ? "An objective" : `Objective ${show(name)}`;
  const end = rule.endsWith("?") ? "" : ".";
  return new NarthexError(
    "NARTHEX_OPTION_INVALID",
    `${which}: ${field} is ${shown}: ${rule}${end}`,
  );
}

/** For an objective whose name has another one. */
export function objectiveTaken(name: string, existing: string, wanted: string): NarthexError {
  return new NarthexError(
    "NARTHEX_NAME_TAKEN",
    `Objective ${show(name)} is there already, and differs: registered with ${existing}, now ${wanted}. Use the same objective to share it, or another name.`,
  );
}

/** For a function that was not given an object where it takes options. */
export function noOptions(where: string, given: unknown): NarthexError {
  return new NarthexError(
    "NARTHEX_OPTION_INVALID",
    `${where}: the options are ${show(given)}: pass an object.`,
  );
}

/** For functions that other libraries call with three numbers. */
export function noBounds(name: string, options: readonly string[], given: unknown): NarthexError {
  return new NarthexError(
    "NARTHEX_OPTION_INVALID",
    `${name}() was given ${show(given)}: pass an object, as in ${name}({ ${options.join(", ")} }).`,
  );
}

/** For a method of the registry that was not given an object. */
export function noMetricOptions(method: string, given: unknown): NarthexError {
  const name = typeof given === "string" ? show(given) : '"…"';
  return new NarthexError(
    "NARTHEX_OPTION_INVALID",
    `${method}() was given ${show(given)}: pass an object, as in ${method}({ name: ${name}, help: "…" }).`,
  );
}

/** For a method of the registry that measures a function, and got something else. */
export function notAFunction(method: string, name: unknown, given: unknown): NarthexError {
  return new NarthexError(
    "NARTHEX_OPTION_INVALID",
    `${method}(${show(name)}) was given ${show(given)} to measure: pass a function, as in ${method}(${show(name)}, async () => { … }).`,
  );
}

/** For a function that was given something else than what it works with. */
export function wrongArgument(call: string, given: string, rule: string): NarthexError {
  return new NarthexError("NARTHEX_OPTION_INVALID", `${call} was given ${given}: ${rule}.`);
}

/** For a middleware's maker that was used as the middleware, and got a request as its options. */
export function notCalled(maker: string): NarthexError {
  return new NarthexError(
    "NARTHEX_OPTION_INVALID",
    `${maker} makes a middleware and was used as one: call it, as in app.use(${maker}()).`,
  );
}

/**
 * @param existing the signature of the metric that has the name
 * @param wanted the signature of the one that was to get it
 */
export function nameTaken(name: string, existing: string, wanted: string): NarthexError {
  return new NarthexError(
    "NARTHEX_NAME_TAKEN",
    `Metric ${show(name)} is already registered with another definition: ${difference(existing, wanted)}. Use the same definition to share it, or another name.`,
  );
}

/** What two signatures do not have in common; of two types, which share few options, only these. */
function difference(existing: string, wanted: string): string {
  const [before, now] = [existing, wanted].map(
    (signature) => new Map(Object.entries<unknown>(JSON.parse(signature))),
  ) as [Map<string, unknown>, Map<string, unknown>];
  const text = (value: unknown) =>
    value === undefined ? "none" : JSON.stringify(value).replaceAll('"Infinity"', "Infinity");
  const options = new Set([...before.keys(), ...now.keys()]);
  const differing = [...options].filter((name) => text(before.get(name)) !== text(now.get(name)));
  return (differing[0] === "type" ? ["type"] : differing)
    .map((name) => `${name}: registered with ${text(before.get(name))}, now ${text(now.get(name))}`)
    .join("; ");
}

export function sampleNameTaken(sample: string, metric: string, existing: string): NarthexError {
  return new NarthexError(
    "NARTHEX_NAME_TAKEN",
    `Metric ${show(metric)} would expose ${show(sample)}, which metric ${show(existing)} exposes already: choose another name.`,
  );
}

/** What a warning says: this is no error, as a page goes on without the second series. */
export function duplicateSeries(metric: string, labels: object): string {
  const shown = Object.entries(labels).map(([name, value]) => `${name}=${show(value)}`);
  return `Metric ${show(metric)} was given the labels {${shown.slice(0, 20).join(", ")}} twice at once: only the first value counts, as in Prometheus. Add a label that tells the two apart, or leave one out.`;
}

/** For what was registered and has no samples. */
export function invalidSource(source: unknown): NarthexError {
  return new NarthexError(
    "NARTHEX_OPTION_INVALID",
    `Registry: register was given ${show(source)}: use a registry, or an object with a function visit, such as what parse() of narthex/parse gives.`,
  );
}

/** For constant labels that come too late. */
export function labelsShown(shown: readonly string[], wanted: readonly string[]): NarthexError {
  return new NarthexError(
    "NARTHEX_OPTION_INVALID",
    `Registry: setLabels was given the labels ${list(wanted)}, but a page with the labels ${list(shown)} was exposed before: for Prometheus, every series would become another one. Call it when the program starts, before the first scrape.`,
  );
}

export function labelsMismatch(
  metric: string,
  labelNames: readonly string[],
  given: unknown,
): NarthexError {
  const isObject = typeof given === "object" && given !== null;
  const got = isObject ? list(Object.keys(given)) : show(given);
  const message =
    labelNames.length === 0
      ? `Metric ${show(metric)} has no labels, but was given ${got}: leave them out, or declare them with the option labels.`
      : `Metric ${show(metric)} has the labels ${list(labelNames)}, but was given ${got}: ${isObject ? correction(labelNames, given) : "pass an object with exactly those labels."}`;
  return new NarthexError("NARTHEX_LABELS_MISMATCH", message);
}

/** What to change in an object so that it has these labels: the rest of a sentence. */
function correction(labelNames: readonly string[], given: object): string {
  const names = Object.keys(given);
  const extra = names.filter((name) => !labelNames.includes(name));
  // A class may have labels that are no keys, but what all objects have is no label.
  const missing = labelNames.filter(
    (name) => !names.includes(name) && (!(name in given) || name in Object.prototype),
  );
  const isOneWrong = extra.length === 1 && missing.length === 1;
  const meant = isOneWrong ? didYouMean(extra[0]!, missing) : undefined;
  if (meant !== undefined) return meant;
  const changes = [
    ...(missing.length > 0 ? [`add ${list(missing)}`] : []),
    ...(extra.length > 0 ? [`leave out ${list(extra)}`] : []),
  ];
  return `${changes.join(", ") || "pass an object with exactly those labels"}.`;
}

export function invalidLabelValue(metric: string, label: string, value: unknown): NarthexError {
  return new NarthexError(
    "NARTHEX_LABEL_VALUE_INVALID",
    `Metric ${show(metric)}: label ${show(label)} is ${show(value)}: use a string, a number or a boolean.`,
  );
}

/** @param values those that the closed label may have */
export function unknownLabelValue(
  metric: string,
  label: string,
  value: unknown,
  values: readonly string[],
): NarthexError {
  return new NarthexError(
    "NARTHEX_LABEL_VALUE_INVALID",
    `Metric ${show(metric)}: label ${show(label)} is ${show(value)}: use one of ${list(values)}.`,
  );
}

export function invalidValue(metric: string, value: unknown, rule: string): NarthexError {
  return new NarthexError(
    "NARTHEX_VALUE_INVALID",
    `Metric ${show(metric)}: ${show(value)} is not a value: ${rule}.`,
  );
}

/** @param where the place in the page, such as `line 3, "up 1"` */
export function invalidPage(where: string, reason: string): NarthexError {
  return new NarthexError("NARTHEX_PAGE_INVALID", `The page can't be parsed: ${where}: ${reason}.`);
}

/** For the body of a page whose memory was given back. */
export function pageReleased(): NarthexError {
  return new NarthexError(
    "NARTHEX_PAGE_RELEASED",
    "The body of this page can't be read any more, as release() has given its memory back. Call release() when nobody needs the body, or not at all.",
  );
}

export function invalidExemplar(metric: string, value: unknown, rule: string): NarthexError {
  return new NarthexError(
    "NARTHEX_EXEMPLAR_INVALID",
    `Metric ${show(metric)}: exemplar ${show(value)} can't be kept: ${rule}.`,
  );
}

/** Node's codes for a host that is not found, or not this machine. */
const BAD_HOST: ReadonlySet<unknown> = new Set(["EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN"]);

/**
 * For a server of the metrics whose port is in use or can't be opened.
 *
 * @param way how to choose another port
 */
export function cannotListen(
  url: string,
  cause: Error & { readonly code?: unknown },
  way: string,
): NarthexError {
  const reason = cause.code === "EADDRINUSE" ? "the port is in use" : cause.message;
  const wayOut = BAD_HOST.has(cause.code)
    ? "Choose another host with the option host: an address of this machine, or 0.0.0.0 for all of them."
    : `Choose another port with the option port${way}.`;
  return new NarthexError(
    "NARTHEX_LISTEN_FAILED",
    `No metrics on ${url}: ${reason}. ${wayOut}`,
    cause,
  );
}

/** For a page that could not be written into a file; whatever was there before is still there. */
export function textfileFailed(path: string, reason: string, cause?: unknown): NarthexError {
  return new NarthexError(
    "NARTHEX_TEXTFILE_FAILED",
    `The metrics are not in ${show(path)}: ${reason}.`,
    cause,
  );
}

/**
 * For metrics that a server did not get or take.
 *
 * @param call the method that failed, such as `push`
 * @param url where the metrics were to go, without credentials
 * @param reason the rest of a sentence, with the server's own words
 */
export function pushFailed(
  call: string,
  url: string,
  reason: string,
  cause?: unknown,
): NarthexError {
  return new NarthexError("NARTHEX_PUSH_FAILED", `${call}() to ${url} failed: ${reason}.`, cause);
}

/** For a process that joins a group of which nothing tells the name. */
export function groupUnknown(): NarthexError {
  return new NarthexError(
    "NARTHEX_GROUP_UNKNOWN",
    "joinProcesses: nothing tells which processes belong together, as this one is neither of node:cluster nor of PM2. Name them with the option group or with NARTHEX_GROUP; in the primary process of a cluster, fork the first worker before; in a worker thread, call joinThreads, there and in the main thread.",
  );
}

/** For threads that would join a second group of processes. */
export function joinedAlready(call: string, group: string): NarthexError {
  return new NarthexError(
    "NARTHEX_GROUP_TAKEN",
    `${call}: the threads of this process have joined another group of processes, ${show(group)}, and a page shows one of them. Use the same group, or leave that one before.`,
  );
}

/** For a group that another version of this package has joined in the same process. */
export function joinedByOther(call: string): NarthexError {
  return new NarthexError(
    "NARTHEX_GROUP_TAKEN",
    `${call}: another version of narthex in this process has joined this group, and what both measure would be counted twice. See \`npm ls narthex\`, and install one version.`,
  );
}

/** For a folder that can't be used for what processes tell each other. */
export function groupFolderRefused(path: string, reason: string, cause?: unknown): NarthexError {
  return new NarthexError(
    "NARTHEX_GROUP_FOLDER",
    `The processes of the group can't share ${show(path)}: ${reason}. Remove it, or choose another folder with the option directory.`,
    cause,
  );
}

/** For threads that are too many, or whose metrics need more memory than they can share. */
export function threadsFull(room: string): NarthexError {
  return new NarthexError(
    "NARTHEX_THREADS_FULL",
    `The memory that the threads of this process share has room for ${room}, which are in use. Look for labels of unbounded values, or for threads that are never ended.`,
  );
}

/** For what another process has written, and what can't be read. */
export function regionInvalid(reason: string): NarthexError {
  return new NarthexError("NARTHEX_REGION_INVALID", `A report can't be read: ${reason}.`);
}

/** For what a process with another version of this package has written. */
export function regionVersion(found: number, known: number): NarthexError {
  return new NarthexError(
    "NARTHEX_REGION_VERSION",
    `A report has version ${found} of the format, and this process reads version ${known}: let all processes of the group use the same version of narthex.`,
  );
}
