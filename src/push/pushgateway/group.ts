import { invalidSetting } from "../../errors.ts";
import type { LabelValue } from "../../instruments/definition/labels.ts";
import { isLegacyLabelName } from "../../model/names.ts";
import { isObject } from "../../options.ts";
import { base64Url } from "../base64.ts";

/** Whom errors name. */
export const WHERE = "Pushgateway";

/** The labels of a group of metrics, `job` first. */
export type Group = ReadonlyMap<string, string>;

/** @throws unless the gateway takes these as the labels of a group */
export function groupOf(job: unknown, grouping: unknown): Group {
  if (typeof job !== "string" || job === "" || !job.isWellFormed()) {
    throw invalidSetting(WHERE, "job", job, 'use the name of what runs, as in { job: "backup" }');
  }
  if (!isObject(grouping)) {
    throw invalidSetting(WHERE, "grouping", grouping, 'use an object, as in { shard: "a" }');
  }
  const group = new Map([["job", job]]);
  for (const [name, value] of Object.entries(grouping)) {
    checkName(name);
    group.set(name, labelValue(name, value));
  }
  return group;
}

function checkName(name: string): void {
  if (name === "job") throw invalidSetting(WHERE, "grouping", name, "use the option job");
  if (isLegacyLabelName(name) && !name.startsWith("__")) return;
  const rule = "name labels by letters, digits and underscores, not two of them first";
  throw invalidSetting(WHERE, "grouping", name, rule);
}

function labelValue(name: string, value: LabelValue | undefined): string {
  const isText = typeof value === "string" && value.isWellFormed();
  if (isText || typeof value === "number" || typeof value === "boolean") return String(value);
  throw invalidSetting(WHERE, `grouping.${name}`, value, "use a string, a number or a boolean");
}

/** The path of a group below the gateway's URL, such as `/metrics/job/backup/shard/a`. */
export function pathOf(group: Group): string {
  return `/metrics${Array.from(group, ([name, value]) => segments(name, value)).join("")}`;
}

/**
 * Slashes separate segments however they are encoded, an empty segment is lost, and so are those of dots: such
 * values are Base64. Of an empty value only the padding is left.
 */
function segments(name: string, value: string): string {
  const isPlain = value !== "" && !value.includes("/") && !/^\.{1,2}$/.test(value);
  if (isPlain) return `/${name}/${encodeURIComponent(value)}`;
  return `/${name}@base64/${base64Url(value) || "="}`;
}
