import { Type } from "typebox";
import { ARTICLE_ID_PATTERN } from "../article-id.ts";
import { CURSOR, NOT_BLANK, TEXT } from "../validation.ts";

const strict = { additionalProperties: false };

const title = Type.String({ maxLength: 200, pattern: NOT_BLANK, format: TEXT });
const body = Type.String({ format: TEXT });
const author = Type.String({ maxLength: 200, pattern: NOT_BLANK, format: TEXT });

/** The article that a client sends. */
export const draftSchema = Type.Object({ title, body, author: Type.Optional(author) }, strict);

/** The article that the service returns. */
export const articleSchema = Type.Object({
  id: Type.String({ format: "uuid" }),
  title: Type.String(),
  body: Type.String(),
  author: Type.Optional(Type.String()),
  createdAt: Type.String({ format: "date-time" }),
  updatedAt: Type.String({ format: "date-time" }),
});

export const idSchema = Type.Object({ id: Type.String({ pattern: ARTICLE_ID_PATTERN }) });

/** Default number of articles on a page. */
export const DEFAULT_LIMIT = 20;

export const pageQuerySchema = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: DEFAULT_LIMIT })),
    cursor: Type.Optional(
      Type.String({ format: CURSOR, description: "The `next` of an earlier answer." }),
    ),
    author: Type.Optional(author),
  },
  strict,
);

export const pageSchema = Type.Object({
  items: Type.Array(articleSchema),
  next: Type.Optional(
    Type.String({ description: "The cursor of the next page; absent on the last one." }),
  ),
});
