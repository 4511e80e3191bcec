import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { DatabaseError } from "./store/database-error.ts";

/** Maximum size of a request body, in bytes. */
export const BODY_LIMIT = 2 ** 20;

/** A field of the request and what is wrong with it. */
export interface FieldError {
  field: string;
  reason: string;
}

interface ProblemOptions {
  errors?: FieldError[];
  headers?: Record<string, string>;
  cause?: unknown;
}

const RETRY_AFTER_SECONDS = "5";

/** An error whose reason the client may know: an RFC 9457 problem. */
export class Problem extends Error {
  override name = "Problem";
  readonly status: number;
  readonly errors: FieldError[];
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    detail: string,
    { errors = [], headers = {}, cause }: ProblemOptions = {},
  ) {
    super(detail, { cause });
    this.status = status;
    this.errors = errors;
    this.headers = status === 503 ? { "retry-after": RETRY_AFTER_SECONDS, ...headers } : headers;
  }
}

export const PROBLEM_TYPE = "application/problem+json";

/** Describes the problem document in the API's description; used in each route's `response`. */
export const problemResponses = {
  "4xx": problemResponse("The request cannot be served; `errors` names what to change."),
  "5xx": problemResponse("The service failed; its log has the reason under `instance`."),
};

function problemResponse(description: string) {
  const schema = Type.Object({
    type: Type.Literal("about:blank"),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String({ description: "The id of the request, as the log has it." }),
    errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), reason: Type.String() }))),
  });
  return { description, content: { [PROBLEM_TYPE]: { schema } } };
}

/** Answers with the problem behind an error. An error of the service itself is logged, not shown. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error);
  const isOurs = problem !== error && problem.status >= 500;
  if (isOurs) request.log.error({ err: error }, "the request failed");
  // Fastify closes the connection when it refuses a body, and a client that is still sending it would
  // see that instead of the answer. Without the header, Node reads the rest and discards it.
  reply.removeHeader("connection");
  reply
    .code(problem.status)
    .headers({ "x-content-type-options": "nosniff", ...problem.headers })
    .type(PROBLEM_TYPE)
    .send({ ...problemDocument(problem), instance: `urn:uuid:${request.id}` });
}

export function problemDocument({ status, message, errors }: Problem) {
  return {
    type: "about:blank",
    title: STATUS_CODES[status],
    status,
    detail: message,
    ...(errors.length > 0 && { errors }),
  };
}

/** Our messages for errors of Fastify whose own messages don't say what to do. */
const refusals: Record<string, string> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "send the body as Content-Type: application/json",
  FST_ERR_CTP_INVALID_JSON_BODY: "the body is not valid JSON",
  FST_ERR_CTP_EMPTY_JSON_BODY: "the body is empty; send a JSON object",
  FST_ERR_CTP_BODY_TOO_LARGE: `the body is larger than ${BODY_LIMIT} bytes, the most that is taken`,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "the body is not as long as its Content-Length says",
};

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof DatabaseError) {
    return new Problem(503, "the database failed; try again later");
  }
  const { statusCode = 500, code, message } = error as Partial<FastifyError>;
  if (statusCode < 400 || statusCode >= 500) {
    return new Problem(500, "the service failed; its log has the reason under this request's id");
  }
  return new Problem(statusCode, refusals[code ?? ""] ?? message ?? "the request is refused");
}
