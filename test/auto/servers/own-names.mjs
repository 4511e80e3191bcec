import { metrics } from "narthex";
import "./http.mjs";

metrics.counter({ name: "http_requests_total", help: "By day.", labels: ["weekday"] });
