export type { FamilySource } from "../model/metric-family.ts";
export { type DashboardOptions, dashboard } from "./dashboard/dashboard.ts";
export type { Dashboard } from "./dashboard/grafana.ts";
export { type PyrraObjective, pyrra, type SlothSpec, sloth } from "./rules/other-tools.ts";
export { type RulesOptions, rules } from "./rules/rules.ts";
