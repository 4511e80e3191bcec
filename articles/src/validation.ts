import type { FastifySchemaCompiler } from "fastify";
import { IsInteger, type TObject } from "typebox";
import { Compile } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";
import Format from "typebox/format";
import { decodeCursor } from "./cursor.ts";
import { type FieldError, Problem } from "./problem.ts";

/** A pattern: something other than white space. */
export const NOT_BLANK = "\\S";

/** Formats: text that every database keeps as it is, and the place where a page goes on. */
export const TEXT = "text";
export const CURSOR = "cursor";

// PostgreSQL refuses NUL, SQLite stops at it, and half a surrogate pair has no encoding in UTF-8.
Format.Set(TEXT, (value) => !/[\0\p{Surrogate}]/u.test(value));
Format.Set(CURSOR, (value) => decodeCursor(value) !== undefined);

const reasons: Record<string, string> = {
  [NOT_BLANK]: "must have a character other than white space",
  [TEXT]: "must not contain NUL characters or unpaired surrogates",
  [CURSOR]: "must be the `next` of an earlier answer, unchanged",
};

/**
 * Compiles a schema to a check that changes nothing: no field is dropped, and only the digits of a
 * query's integer become a number. What does not fit is a problem that names every field at fault;
 * a path that does not fit leads nowhere.
 */
export const validatorCompiler: FastifySchemaCompiler<TObject> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const isQuery = httpPart === "querystring";
  const whole = isQuery ? "the query" : "the body";
  return (sent: unknown) => {
    const value = isQuery ? withIntegers(schema, sent as Record<string, unknown>) : sent;
    if (validator.Check(value)) return { value };
    if (httpPart === "params") return { error: new Problem(404, "there is nothing at this path") };
    const errors = validator.Errors(value).flatMap((error) => fieldErrors(error, whole));
    const detail = errors.map(({ field, reason }) => `${field} ${reason}`).join("; ");
    return { error: new Problem(400, detail, { errors }) };
  };
};

function withIntegers(schema: TObject, query: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(query).map(([name, value]) => {
    const property = schema.properties[name];
    const isInteger =
      IsInteger(property) && typeof value === "string" && /^-?\d{1,15}$/.test(value);
    return [name, isInteger ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}

function fieldErrors(error: TLocalizedValidationError, whole: string): FieldError[] {
  const field = fieldName(error.instancePath) || whole;
  switch (error.keyword) {
    case "required":
      return error.params.requiredProperties.map((name) => ({
        field: name,
        reason: "is required",
      }));
    case "boolean":
      return [{ field, reason: "is not a known field" }];
    case "additionalProperties":
      return []; // Each of them has been a "boolean" already.
    case "pattern":
      return [{ field, reason: reasons[String(error.params.pattern)] ?? error.message }];
    case "format":
      return [{ field, reason: reasons[error.params.format] ?? error.message }];
    default:
      return [{ field, reason: error.message }];
  }
}

const LONGEST_NAME = 100;

/** The name in a JSON pointer to a field; cut short, for whoever sent it knows it. */
function fieldName(pointer: string): string {
  const name = pointer.slice(1).replaceAll("~1", "/").replaceAll("~0", "~");
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
}
