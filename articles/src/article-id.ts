import { v7 } from "uuid";

/** An id and the time it contains, in milliseconds since the epoch. */
interface ArticleId {
  id: string;
  time: number;
}

/** The JSON Schema pattern of an id: a lower-case UUID of version 7. */
export const ARTICLE_ID_PATTERN =
  "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";

/** A new id. Those of one process strictly ascend, whatever its clock does; pages go by that. */
export function nextArticleId(): ArticleId {
  const id = v7();
  return { id, time: Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) };
}
