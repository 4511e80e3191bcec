export async function GET(_, { params }) {
  const { userId, postId } = await params;
  return new Response(`${userId} ${postId}`);
}
