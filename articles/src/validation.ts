import type { FastifySchemaCompiler } from "fastify";
import { IsInteger, type TObject } from "typebox";
import { Compile } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";
import Format from "typebox/format";
import { decodeCursor } from "./cursor.ts";
import { type FieldError, Problem } from "./problem.ts";

/** The pattern of a string that is not only white space. */
export const NOT_BLANK = "\\S";

/** Formats: text that every database stores unchanged, and the cursor of a page. */
export const TEXT = "text";
export const CURSOR = "cursor";

// PostgreSQL refuses NUL, SQLite ends the text there, and UTF-8 can't encode a lone surrogate.
Format.Set(TEXT, (value) => !/[\0\p{Surrogate}]/u.test(value));
Format.Set(CURSOR, (value) => decodeCursor(value) !== undefined);

const reasons: Record<string, string> = {
  [NOT_BLANK]: "must have a character other than white space",
  [TEXT]: "must not contain NUL characters or unpaired surrogates",
  [CURSOR]: "must be the `next` of an earlier answer, unchanged",
};

/**
 * Compiles a schema to a check that drops no field and converts nothing but the integers of a query.
 * Invalid input is a problem that names every wrong field; an invalid path is a 404.
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
      return []; // Already reported as "boolean" errors.
    case "pattern":
      return [{ field, reason: reasons[String(error.params.pattern)] ?? error.message }];
    case "format":
      return [{ field, reason: reasons[error.params.format] ?? error.message }];
    default:
      return [{ field, reason: error.message }];
  }
}

const LONGEST_NAME = 100;

/** The field's name in a JSON pointer, shortened: whoever sent a long one knows it. */
function fieldName(pointer: string): string {
  const name = pointer.slice(1).replaceAll("~1", "/").replaceAll("~0", "~");
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
}
