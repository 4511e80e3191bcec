import type { FastifyRequest } from "fastify";
import { destination, type Logger, pino } from "pino";
import type { LogLevel } from "./settings.ts";

/** Logs JSON lines to stderr, for stdout is for people. A query string may hold what is private. */
export function createLogger(level: LogLevel): Logger {
  return pino({ level, serializers: { req: describeRequest } }, destination(2));
}

function describeRequest({ method, url, ip }: FastifyRequest) {
  return { method, path: url.split("?", 1)[0], remoteAddress: ip };
}
