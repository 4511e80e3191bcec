import { metrics } from "narthex";

metrics.counter({ name: "jobs", help: "Jobs that are done." }).inc();
setTimeout(() => {}, 60_000);
