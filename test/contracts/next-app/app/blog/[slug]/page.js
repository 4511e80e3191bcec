export default async function Post({ params }) {
  return (await params).slug;
}
