import { createServer } from "node:http";
import {
  createGcMetrics,
  createHttpMetrics,
  createRequestRecorder,
  defaultRegister,
  getContentType,
  getSummary,
} from "@promster/metrics";
import { ask, listening } from "./ask.mjs";

const options = {
  metricTypes: ["httpRequestsTotal", "httpRequestsSummary", "httpRequestsHistogram"],
};
const record = createRequestRecorder(createHttpMetrics(options), options);
// The same metrics once more, as a second copy of the middleware does.
createHttpMetrics(options);
createGcMetrics(options);
defaultRegister.setDefaultLabels({ app: "shop" });
const server = createServer(async (request, response) => {
  if (request.url !== "/metrics") {
    const labels = { method: request.method.toLowerCase(), status_code: 200, path: request.url };
    record(process.hrtime(), { labels });
    return response.end("ok");
  }
  response.setHeader("content-type", getContentType());
  response.end(await getSummary());
});
await ask(await listening(server), ["GET /users/1", "GET /users/1", "POST /users"]);
