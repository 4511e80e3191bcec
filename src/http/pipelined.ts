import type { Socket } from "node:net";

/** A request whose response waits for another one of its connection. */
interface Waiting {
  readonly endAt: number;
  breakOff(): void;
}

const WAITING = Symbol.for("narthex.http.pipelined");

interface PipelinedSocket extends Socket {
  [WAITING]?: Waiting[];
}

/**
 * Ends a pipelined request when its connection goes: Node tells nothing of it to a response whose
 * turn has not come.
 */
export function endWithConnection(socket: PipelinedSocket, request: Waiting): void {
  if (socket[WAITING] === undefined) {
    socket.once("close", () => {
      for (const waiting of socket[WAITING] ?? []) if (waiting.endAt === 0) waiting.breakOff();
    });
  }
  const others = socket[WAITING] ?? [];
  socket[WAITING] = [...others.filter(({ endAt }) => endAt === 0), request];
}
