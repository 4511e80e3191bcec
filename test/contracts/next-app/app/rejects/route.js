export async function GET() {
  throw new Error("The promise of /rejects is rejected.");
}
