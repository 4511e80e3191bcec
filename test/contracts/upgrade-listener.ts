import type { Server } from "node:http";

const SWITCHING =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: contract\r\nConnection: Upgrade\r\n";
const REFUSED = "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n";

/**
 * Takes a server's upgrades as WebSocket libraries do, on the bare socket: `/socket` becomes an
 * echo, `/refused` is refused, and whatever else is dropped without an answer.
 */
export function listenForUpgrades(server: Server): void {
  server.on("upgrade", ({ url }, socket) => {
    socket.on("error", () => socket.destroy());
    if (url === "/socket") {
      socket.write(`${SWITCHING}\r\n`);
      socket.pipe(socket);
    } else if (url === "/refused") socket.end(`${REFUSED}\r\n`);
    else socket.destroy();
  });
}
