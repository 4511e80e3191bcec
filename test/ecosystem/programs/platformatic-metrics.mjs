import {
  clearRegistry,
  collectMetrics,
  collectThreadMetrics,
  ensureMetricsGroup,
} from "@platformatic/metrics";
import { ask, serverOf } from "./ask.mjs";

const labels = { applicationId: "shop" };
const { registry } = await collectThreadMetrics("shop", 1, { defaultMetrics: true, labels });
clearRegistry(registry);
await collectMetrics("shop", 1, { defaultMetrics: true, httpMetrics: true }, registry);
if (!ensureMetricsGroup(registry, "default")) throw new Error("The group is not known.");
await ask(await serverOf(registry), ["GET /users/1", "POST /users"]);
