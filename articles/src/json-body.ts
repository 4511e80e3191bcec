import type { FastifyInstance } from "fastify";

/** The most bytes that the body of a request may have. */
export const BODY_LIMIT = 2 ** 20;

/** Takes JSON bodies and no others, as UTF-8 and no other encoding. */
export function takeOnlyJson(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser("error", "error");
  // Fastify's own decoding turns bytes that are not UTF-8 into replacement characters, so that
  // something other than what was sent would be stored.
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, bytes, done) => {
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
