import { NextResponse } from "next/server";

export function proxy({ nextUrl }) {
  if (nextUrl.pathname === "/private") return new NextResponse("not for you\n", { status: 401 });
  return NextResponse.rewrite(`http://localhost:${nextUrl.port}/blog/elsewhere`);
}

export const config = { matcher: ["/private", "/elsewhere"] };
