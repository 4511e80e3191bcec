import type { FastifyInstance } from "fastify";
import { Problem } from "./problem.ts";

export { BODY_LIMIT } from "./problem.ts";

/** Makes the application accept only JSON bodies, encoded as UTF-8. */
export function takeOnlyJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser("error", "error");
  // Fastify's own decoding replaces bytes that are not UTF-8, and we would store something other
  // than what was sent.
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, bytes, done) => {
    const encoding = request.headers["content-encoding"] || "identity";
    if (encoding.toLowerCase() !== "identity") {
      const headers = { "accept-encoding": "identity" };
      done(new Problem(415, "send the body without Content-Encoding", { headers }));
      return;
    }
    let text: string;
    try {
      text = utf8.decode(bytes as Buffer);
    } catch {
      done(Object.assign(new Error("the body is not UTF-8"), { statusCode: 400 }));
      return;
    }
    parseJson(request, text, done);
  });
}
