export { type Authorization, basic, bearer } from "../authorization.ts";
export { Pushgateway, type PushgatewayOptions } from "./pushgateway.ts";
export { withPush } from "./with-push.ts";
