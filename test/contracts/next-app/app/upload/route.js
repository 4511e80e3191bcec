import { sizeOf } from "../../../bodies.ts";

export async function POST({ body }) {
  return new Response(String(body === null ? 0 : await sizeOf(body)));
}
