import { ARTICLE_ID_PATTERN } from "./article-id.ts";

const articleId = new RegExp(ARTICLE_ID_PATTERN);

/** Where a page ends: the id of its last article, in a form that invites nobody to look inside. */
export function encodeCursor(id: string): string {
  return Buffer.from(id.replaceAll("-", ""), "hex").toString("base64url");
}

/** The id in a cursor; undefined when it is none of ours. */
export function decodeCursor(cursor: string): string | undefined {
  const hex = Buffer.from(cursor, "base64url").toString("hex");
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return articleId.test(id) && encodeCursor(id) === cursor ? id : undefined;
}
