export default async function Docs({ params }) {
  return (await params).path ?? "docs";
}
