import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A connection on which a client does what well-behaved clients don't. */
export class RawConnection {
  readonly socket: Socket;
  /** Resolves when the connection is gone, however it went. */
  readonly closed: Promise<unknown>;
  #received = "";

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.#received += text;
    });
    // A reset is what many tests are about; they see it by `closed`.
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => socket.once("close", resolve));
  }

  get received(): string {
    return this.#received;
  }

  send(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** Waits until the server has sent this text, and fails if it closes the connection before. */
  async until(text: string): Promise<void> {
    while (!this.#received.includes(text)) {
      if (this.socket.destroyed) throw new Error(`closed after ${JSON.stringify(this.#received)}`);
      await Promise.race([once(this.socket, "data"), this.closed]);
    }
  }

  /** Sends FIN, and reads what still comes. */
  async finish(): Promise<void> {
    this.socket.end().resume();
    await this.closed;
  }

  /** Sends RST. */
  async reset(): Promise<void> {
    this.socket.resetAndDestroy();
    await this.closed;
  }
}

/** Connects to a server of this machine, until the end of the test. */
export async function connectRaw({ port }: { readonly port: number }): Promise<RawConnection> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, "connect");
  return new RawConnection(socket);
}

/** A request as bytes: its head, and its body where there is one. */
export function request(
  line: string,
  headers: Readonly<Record<string, string | number>> = {},
  body = "",
): string {
  const lines = Object.entries({ host: "contract", ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `${line} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}
