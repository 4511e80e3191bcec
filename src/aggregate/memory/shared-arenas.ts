import {
  BroadcastChannel,
  getEnvironmentData,
  receiveMessageOnPort,
  setEnvironmentData,
} from "node:worker_threads";
import type { Asked } from "../group/demand.ts";
import { Arena } from "./arena.ts";

/** What threads tell each other: the memory that they know. */
interface Announcement {
  readonly buffers: readonly SharedArrayBuffer[];
}

/**
 * The memory of a group of threads. A thread hands it to those that it starts. Where a thread joins before
 * the one that has started it, both make memory of their own, and tell each other.
 */
export class SharedArenas implements Asked {
  readonly #key: string;
  readonly #arenas = new Map<string, Arena>();
  readonly #channel: BroadcastChannel;

  constructor(group: string) {
    // The number is the version of what is in the memory.
    this.#key = `narthex.threads.1.${group}`;
    this.#channel = new BroadcastChannel(this.#key);
    this.#channel.onmessage = ({ data }) => this.#learn(data);
    this.#channel.unref();
    const inherited = getEnvironmentData(this.#key);
    if (Array.isArray(inherited)) for (const buffer of inherited) this.#add(buffer);
    if (this.#arenas.size === 0) this.#add(Arena.make().buffer);
    this.#tell();
  }

  /** The memory that this thread has its own part in. */
  get own(): Arena {
    const [first] = this.#arenas.values();
    return first!;
  }

  /** The memory of all threads, with what was announced up to this moment. */
  all(): Arena[] {
    for (;;) {
      const received = receiveMessageOnPort(this.#channel as never);
      if (received === undefined) return [...this.#arenas.values()];
      this.#learn(received.message);
    }
  }

  ask(): void {
    for (const arena of this.#arenas.values()) arena.askedSeconds = Math.floor(Date.now() / 1000);
  }

  get askedMs(): number {
    return this.own.askedSeconds * 1000;
  }

  #learn(message: unknown): void {
    const { buffers } = message as Announcement;
    const known = this.#arenas.size;
    for (const buffer of buffers) this.#add(buffer);
    if (this.#arenas.size > known) setEnvironmentData(this.#key, this.#buffers() as never);
    if (buffers.length < this.#arenas.size) this.#tell();
  }

  #tell(): void {
    setEnvironmentData(this.#key, this.#buffers() as never);
    this.#channel.postMessage({ buffers: this.#buffers() } satisfies Announcement);
  }

  #buffers(): SharedArrayBuffer[] {
    return Array.from(this.#arenas.values(), ({ buffer }) => buffer);
  }

  #add(buffer: unknown): void {
    if (!Arena.is(buffer)) return;
    const arena = new Arena(buffer);
    if (!this.#arenas.has(arena.name)) this.#arenas.set(arena.name, arena);
  }
}
