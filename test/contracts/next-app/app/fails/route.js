import { failing } from "../../../bodies.ts";

export async function GET() {
  return new Response(ReadableStream.from(failing()));
}
