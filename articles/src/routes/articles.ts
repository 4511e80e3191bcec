import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { articleCount } from "../metrics.ts";
import { Problem, problemResponses } from "../problem.ts";
import type { ArticleStore } from "../store/article-store.ts";
import {
  articleSchema,
  DEFAULT_LIMIT,
  draftSchema,
  idSchema,
  pageQuerySchema,
  pageSchema,
} from "./article-schema.ts";

export const articles: FastifyPluginAsyncTypebox<{ store: ArticleStore }> = async (
  app,
  { store },
) => {
  app.post(
    "/articles",
    {
      schema: {
        operationId: "add_article",
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
        summary: "Lists articles, newest first.",
        querystring: pageQuerySchema,
        response: { 200: pageSchema, ...problemResponses },
      },
    },
    async ({ query: { limit = DEFAULT_LIMIT, cursor, author } }) => {
      const before = cursor === undefined ? undefined : decodeCursor(cursor);
      // One article more than requested shows whether there is a next page.
      const found = await store.list({
        limit: limit + 1,
        ...(before !== undefined && { before }),
        ...(author !== undefined && { author }),
      });
      const items = found.slice(0, limit);
      return { items, ...(found.length > limit && { next: encodeCursor(items.at(-1)!.id) }) };
    },
  );

  app.get(
    "/articles/:id",
    {
      schema: {
        operationId: "get_article",
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

function noSuchArticle(): never {
  throw new Problem(404, "there is no article with this id");
}
