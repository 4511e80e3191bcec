import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";

/**
 * The client's address. Behind a trusted proxy it comes from X-Forwarded-For, in which the client may
 * write any text; then it is the proxy's.
 */
export function clientAddress({ ip, socket }: FastifyRequest): string {
  const [address = ""] = ip.split("%", 1); // A zone may be any text, too.
  return isIP(address) ? address : (socket.remoteAddress ?? "_unknown");
}
