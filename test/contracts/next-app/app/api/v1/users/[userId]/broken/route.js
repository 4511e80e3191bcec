export async function GET() {
  throw new Error("The handler of /broken throws.");
}
