// What the programs have in common: they answer requests, and print the page that they show afterwards.
import { once } from "node:events";
import { createServer } from "node:http";

/**
 * Sends requests to a server, prints its page, and ends the process.
 *
 * @param {import("node:http").Server} server which listens
 * @param {readonly string[]} requests such as "GET /users/1"
 * @param {string} [path] where the metrics are
 */
export async function ask(server, requests, path = "/metrics") {
  const url = `http://127.0.0.1:${server.address().port}`;
  for (const request of requests) {
    const [method, place] = request.split(" ");
    await (await fetch(url + place, { method })).text();
  }
  // Some count a response after it has been sent.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const response = await fetch(url + path);
  const text = await response.text();
  const page = JSON.stringify({ contentType: response.headers.get("content-type"), text });
  process.stdout.write(page, () => process.exit());
}

export async function listening(server) {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

/** A server that answers `/metrics` with a registry's page, and all else with `handler`. */
export function serverOf(register, handler = (_request, response) => response.end("ok")) {
  return listening(
    createServer(async (request, response) => {
      if (request.url !== "/metrics") return handler(request, response);
      response.setHeader("content-type", register.contentType);
      response.end(await register.metrics());
    }),
  );
}
