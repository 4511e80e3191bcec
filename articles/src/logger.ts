import type { FastifyRequest } from "fastify";
import { type DestinationStream, destination, type Logger, pino } from "pino";
import { clientAddress } from "./client-address.ts";
import type { Settings } from "./settings.ts";

const STDERR = 2;

/**
 * Logs to stderr, as stdout is for people: JSON, or readable lines if that is a terminal and no setting
 * says otherwise. Query strings are left out: they may be private.
 */
export async function createLogger(settings: Pick<Settings, "logLevel" | "logFormat">) {
  const format = settings.logFormat ?? (process.stderr.isTTY ? "pretty" : "json");
  const stream = format === "pretty" ? await prettyStream() : destination(STDERR);
  return pino(
    { level: settings.logLevel, serializers: { req: describeRequest } },
    stream,
  ) as Logger;
}

function describeRequest(request: FastifyRequest) {
  const { method, url } = request;
  return { method, path: url.split("?", 1)[0], remoteAddress: clientAddress(request) };
}

async function prettyStream(): Promise<DestinationStream> {
  const { default: pretty } = await import("pino-pretty");
  return pretty({
    destination: STDERR,
    sync: true, // The last lines before the process ends are written, too.
    colorize: process.stderr.isTTY && process.stderr.hasColors(),
    translateTime: "SYS:HH:MM:ss.l",
    ignore: "pid,hostname,reqId,req,res,responseTime",
    singleLine: true,
    messageFormat: (log) => describeLog(log as unknown as Log),
  });
}

/** What Fastify logs, after the serializers. */
interface Log {
  msg: string;
  reqId?: string;
  req?: { method: string; path: string; remoteAddress: string };
  res?: { statusCode: number };
  responseTime?: number;
}

function describeLog({ msg, reqId, req, res, responseTime }: Log): string {
  if (reqId === undefined) return msg;
  // The beginning of an id is enough to find a line by.
  const id = reqId.slice(0, 8);
  if (req) return `${id} → ${req.method} ${req.path} from ${req.remoteAddress}`;
  if (res) return `${id} ← ${res.statusCode} after ${responseTime?.toFixed(1)} ms`;
  return `${id} ${msg}`;
}
