export async function GET() {
  return new Response("a file");
}
