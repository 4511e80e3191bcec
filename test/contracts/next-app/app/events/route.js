import { events } from "../../../bodies.ts";

export async function GET() {
  const headers = { "content-type": "text/event-stream" };
  return new Response(ReadableStream.from(events()), { headers });
}
