import { ARTICLE_ID_PATTERN } from "./article-id.ts";

const articleId = new RegExp(ARTICLE_ID_PATTERN);

/** An opaque cursor to the end of a page: the encoded id of its last article. */
export function encodeCursor(id: string): string {
  return Buffer.from(id.replaceAll("-", ""), "hex").toString("base64url");
}

/** The id in a cursor; undefined if the cursor is not one of ours. */
export function decodeCursor(cursor: string): string | undefined {
  const hex = Buffer.from(cursor, "base64url").toString("hex");
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return articleId.test(id) && encodeCursor(id) === cursor ? id : undefined;
}
