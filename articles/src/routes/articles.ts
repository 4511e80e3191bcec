import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { boundHeldBytes } from "../held-bytes.ts";
import { articleCount } from "../metrics.ts";
import { Problem, problemResponses } from "../problem.ts";
import type { Article, ArticleStore } from "../store/article-store.ts";
import {
  articleSchema,
  DEFAULT_LIMIT,
  draftSchema,
  idSchema,
  pageQuerySchema,
  pageSchema,
} from "./article-schema.ts";

/** Maximum size of a page, in bytes; a page has at least one article. */
const MAX_PAGE_BYTES = 2 ** 20;

/** The chapter of the API's description. */
const tags = ["articles"];

export const articles: FastifyPluginAsyncTypebox<{ store: ArticleStore }> = async (
  app,
  { store },
) => {
  boundHeldBytes(app);

  app.post(
    "/articles",
    {
      schema: {
        operationId: "add_article",
        tags,
        summary: "Adds an article.",
        body: draftSchema,
        response: { 201: articleSchema, ...problemResponses },
      },
    },
    async ({ body }, reply) => {
      const article = await store.add(body);
      articleCount.inc({ id: article.id });
      return reply.code(201).header("location", `/articles/${article.id}`).send(article);
    },
  );

  app.get(
    "/articles",
    {
      schema: {
        operationId: "list_articles",
        tags,
        summary: "Lists articles, newest first. A page ends after `limit` articles or 1 MiB.",
        querystring: pageQuerySchema,
        response: { 200: pageSchema, ...problemResponses },
      },
    },
    async ({ query: { limit = DEFAULT_LIMIT, cursor, author } }) => {
      const before = cursor === undefined ? undefined : decodeCursor(cursor);
      // One article more than requested shows whether there is a next page.
      const found = await store.list({
        limit: limit + 1,
        maxBytes: MAX_PAGE_BYTES,
        ...(before !== undefined && { before }),
        ...(author !== undefined && { author }),
      });
      const items = onePage(found.slice(0, limit));
      const isLast = items.length === found.length;
      return { items, ...(!isLast && { next: encodeCursor(items.at(-1)!.id) }) };
    },
  );

  app.get(
    "/articles/:id",
    {
      schema: {
        operationId: "get_article",
        tags,
        summary: "Returns one article.",
        params: idSchema,
        response: { 200: articleSchema, ...problemResponses },
      },
    },
    async ({ params }) => (await store.get(params.id)) ?? noSuchArticle(),
  );

  app.put(
    "/articles/:id",
    {
      schema: {
        operationId: "replace_article",
        tags,
        summary: "Replaces all of an article but its id.",
        params: idSchema,
        body: draftSchema,
        response: { 200: articleSchema, ...problemResponses },
      },
    },
    async ({ params, body }) => (await store.replace(params.id, body)) ?? noSuchArticle(),
  );

  app.delete(
    "/articles/:id",
    {
      schema: {
        operationId: "delete_article",
        tags,
        summary: "Deletes an article.",
        params: idSchema,
        response: { 204: Type.Null({ description: "It is deleted." }), ...problemResponses },
      },
    },
    async ({ params }, reply) => {
      if (!(await store.remove(params.id))) noSuchArticle();
      return reply.code(204).send(null);
    },
  );
};

/** The articles that fit on a page. As JSON, an article may have six times the bytes of its texts. */
function onePage(found: Article[]): Article[] {
  let bytes = 0;
  const end = found.findIndex((article, index) => {
    bytes += Buffer.byteLength(JSON.stringify(article));
    return index > 0 && bytes > MAX_PAGE_BYTES;
  });
  return end === -1 ? found : found.slice(0, end);
}

function noSuchArticle(): never {
  throw new Problem(404, "there is no article with this id");
}
