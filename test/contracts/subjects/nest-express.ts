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
  start: (calls) => startNest(new ExpressAdapter(), calls),
};
