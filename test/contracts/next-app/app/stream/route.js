import { dripping } from "../../../bodies.ts";

export async function GET() {
  return new Response(ReadableStream.from(dripping()));
}
