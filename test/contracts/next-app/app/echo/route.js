export async function POST(request) {
  try {
    return Response.json(await request.json());
  } catch {
    return new Response("No JSON.", { status: 400 });
  }
}
