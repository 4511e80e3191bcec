import { ExpressAdapter } from "@nestjs/platform-express";
import type { Subject } from "../subject.ts";
import { startNest } from "./nest.ts";

export const nestExpressSubject: Subject = {
  name: "Nest on Express",
  templates: {
    user: "/api/v1/users/:userId/posts/:postId",
    broken: "/api/v1/users/:userId/broken",
    wildcard: "/files/{*path}",
  },
  differences: {
    "broken JSON": {
      reason: "Nest parses bodies before Express looks for their route",
      counted: { "POST /echo 200 ok": 1, "POST _unmatched 400 client_error": 1 },
    },
  },
  start: (options) => startNest(new ExpressAdapter(), options),
};
