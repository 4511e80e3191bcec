import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { BODY_LIMIT } from "./json-body.ts";

/** A field of the request, and what is wrong with it. */
export interface FieldError {
  field: string;
  reason: string;
}

/** What goes wrong for a reason that the client may know: an RFC 9457 problem. */
export class Problem extends Error {
  override name = "Problem";
  readonly status: number;
  readonly errors: FieldError[];
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    detail: string,
    { errors = [], headers = {} }: { errors?: FieldError[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

export const PROBLEM_TYPE = "application/problem+json";

/** The document as the API's description shows it; a route's `response` takes it for every error. */
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

/** Answers with the problem behind an error; one that is the service's own fault is logged, not shown. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error);
  const isOurs = problem !== error && problem.status >= 500;
  if (isOurs) request.log.error({ err: error }, "the request failed");
  // Fastify would close the connection on a body that it refuses, and a client in the middle of
  // sending it would see that instead of the answer. Node reads on and throws the rest away.
  reply.removeHeader("connection");
  reply
    .code(problem.status)
    .headers(problem.headers)
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

/** What Fastify says of a request that it refuses, where its own words leave out the way out. */
const refusals: Record<string, string> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "send the body as Content-Type: application/json",
  FST_ERR_CTP_INVALID_JSON_BODY: "the body is not valid JSON",
  FST_ERR_CTP_EMPTY_JSON_BODY: "the body is empty; send a JSON object",
  FST_ERR_CTP_BODY_TOO_LARGE: `the body is larger than ${BODY_LIMIT} bytes, the most that is taken`,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "the body is not as long as its Content-Length says",
};

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { statusCode = 500, code, message } = error as Partial<FastifyError>;
  if (statusCode < 400 || statusCode >= 500) {
    return new Problem(500, "the service failed; its log has the reason under this request's id");
  }
  return new Problem(statusCode, refusals[code ?? ""] ?? message ?? "the request is refused");
}
