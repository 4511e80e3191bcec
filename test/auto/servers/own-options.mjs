import { metrics } from "narthex";
import { measureOutgoing } from "narthex/http";
import { collectRuntime } from "narthex/runtime";
import "./calls-itself.mjs";

collectRuntime(metrics, { gcBuckets: [0.5], eventLoopPrecisionMs: 20 });
measureOutgoing({ metrics: { errors: false } });
