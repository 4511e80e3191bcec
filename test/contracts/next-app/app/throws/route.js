export function GET() {
  throw new Error("The handler of /throws throws.");
}
