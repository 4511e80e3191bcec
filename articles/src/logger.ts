import type { FastifyRequest } from "fastify";
import { destination, type Logger, pino } from "pino";
import { clientAddress } from "./client-address.ts";
import type { LogLevel } from "./settings.ts";

/** Logs JSON lines to stderr, as stdout is for people. Query strings are left out: they may be private. */
export function createLogger(level: LogLevel): Logger {
  return pino({ level, serializers: { req: describeRequest } }, destination(2));
}

function describeRequest(request: FastifyRequest) {
  const { method, url } = request;
  return { method, path: url.split("?", 1)[0], remoteAddress: clientAddress(request) };
}
