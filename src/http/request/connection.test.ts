import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { Connection, type OpenRequest } from "./connection.ts";

/** Requests that count how often the connection asks one of them which message it has. */
function pipelined(count: number) {
  const connection = Connection.of(new Socket());
  const steps = { taken: 0 };
  const messages = Array.from({ length: count }, () => ({ complete: true }) as IncomingMessage);
  for (const message of messages) {
    connection.add({
      get request() {
        steps.taken += 1;
        return message;
      },
      finish() {},
      refuse() {},
      breakOff() {},
    } satisfies OpenRequest);
  }
  return { connection, messages, steps };
}

/** How many steps it takes, for each request, to find it for its head and to finish it. */
function stepsForEach(count: number, order: (messages: IncomingMessage[]) => IncomingMessage[]) {
  const { connection, messages, steps } = pipelined(count);
  for (const message of order(messages)) {
    expect(connection.find(message)?.request).toBe(message);
    connection.finish(message);
    expect(connection.find(message)).toBeUndefined();
  }
  return steps.taken / count;
}

test("each of many pipelined requests takes no more steps than one of a few", () => {
  for (const order of [
    (messages: IncomingMessage[]) => messages,
    (messages: IncomingMessage[]) => messages.toReversed(),
  ]) {
    expect(stepsForEach(2_000, order)).toBeLessThanOrEqual(stepsForEach(10, order) + 1);
  }
});

test("requests of a connection that is gone are broken off, once each", () => {
  const socket = new Socket();
  const connection = Connection.of(socket);
  const broken: number[] = [];
  for (const at of [0, 1, 2]) {
    connection.add({
      request: {} as IncomingMessage,
      finish() {},
      refuse() {},
      breakOff: () => broken.push(at),
    });
  }
  socket.emit("close");
  socket.emit("close");
  expect(broken).toEqual([0, 1, 2]);
});
