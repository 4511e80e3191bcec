import {
  BroadcastChannel,
  getEnvironmentData,
  receiveMessageOnPort,
  setEnvironmentData,
} from "node:worker_threads";
import { processWide } from "../../process-wide.ts";
import type { Asked } from "../group/demand.ts";
import type { MembershipSettings } from "../group/membership.ts";
import { Arena } from "./arena.ts";

/** What threads tell each other. */
interface Announcement {
  /** The memory that they know. */
  readonly buffers: readonly SharedArrayBuffer[];
  /** Which group of processes they have joined. */
  readonly processes: MembershipSettings | undefined;
  /** What tells the process from others on a page. */
  readonly label: string;
}

/** The number is the version of what is in the memory and of what threads tell each other. */
const KEY = "narthex.threads.2.";

/** The memory that this thread shares with others, by the group. */
const ARENAS = processWide("threads", () => new Map<string, SharedArenas>());

/**
 * The memory of a group of threads. A thread hands it to those that it starts. Where a thread joins before
 * the one that has started it, both make memory of their own, and tell each other.
 */
export class SharedArenas implements Asked {
  readonly group: string;
  readonly #key: string;
  readonly #arenas = new Map<string, Arena>();
  readonly #channel: BroadcastChannel;
  readonly label: string;
  #processes: MembershipSettings | undefined;

  private constructor(group: string, label: string) {
    this.group = group;
    this.#key = KEY + group;
    this.#channel = new BroadcastChannel(this.#key);
    this.#channel.onmessage = ({ data }) => this.#learn(data);
    this.#channel.unref();
    const inherited = inheritedOf(group);
    this.label = inherited?.label ?? label;
    this.#processes = inherited?.processes;
    for (const buffer of inherited?.buffers ?? []) this.#add(buffer);
    this.#tell();
  }

  /** @param label tells the process from others, unless a thread has that joined before */
  static of(group: string, label: string): SharedArenas {
    let arenas = ARENAS.get(group);
    if (arenas === undefined) {
      arenas = new SharedArenas(group, label);
      ARENAS.set(group, arenas);
    }
    return arenas;
  }

  /** Whether the thread that has started this one had joined a group of processes. */
  static areInProcesses(group: string): boolean {
    return (ARENAS.get(group) ?? inheritedOf(group))?.processes !== undefined;
  }

  /** The memory that this thread has its own part in. */
  get own(): Arena {
    const open = [...this.#arenas.values()].find(({ isClosed }) => !isClosed);
    return open ?? this.make();
  }

  /** Makes further memory. */
  make(name?: string): Arena {
    const arena = Arena.make(name);
    this.#arenas.set(arena.name, arena);
    this.#tell();
    return arena;
  }

  /** The memory of all threads, with what was announced up to this moment. */
  all(): Arena[] {
    this.#listen();
    return [...this.#arenas.values()];
  }

  /** The group of processes that the threads have joined, if any. */
  get processes(): MembershipSettings | undefined {
    this.#listen();
    return this.#processes;
  }

  set processes(settings: MembershipSettings | undefined) {
    this.#processes = settings;
    this.#tell();
  }

  ask(): void {
    for (const arena of this.#arenas.values()) arena.askedSeconds = Math.floor(Date.now() / 1000);
  }

  get askedMs(): number {
    return Math.max(...Array.from(this.#arenas.values(), (arena) => arena.askedSeconds)) * 1000;
  }

  #listen(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#channel as never);
      if (received === undefined) return;
      this.#learn(received.message);
    }
  }

  #learn(message: unknown): void {
    const { buffers, processes } = message as Announcement;
    const known = this.#arenas.size;
    for (const buffer of buffers) this.#add(buffer);
    const isNew = processes !== undefined && this.#processes === undefined;
    if (isNew) this.#processes = processes;
    if (this.#arenas.size > known || isNew) this.#bequeath();
    const isMissing = processes === undefined && this.#processes !== undefined;
    if (buffers.length < this.#arenas.size || isMissing) this.#tell();
  }

  #tell(): void {
    this.#channel.postMessage(this.#bequeath());
  }

  /** Leaves what it knows to threads that this one starts. */
  #bequeath(): Announcement {
    const buffers = Array.from(this.#arenas.values(), ({ buffer }) => buffer);
    const known = { buffers, processes: this.#processes, label: this.label };
    setEnvironmentData(this.#key, known as never);
    return known;
  }

  #add(buffer: unknown): void {
    if (!Arena.is(buffer)) return;
    const arena = new Arena(buffer);
    if (!this.#arenas.has(arena.name)) this.#arenas.set(arena.name, arena);
  }
}

/** What the thread that has started this one has left to it. */
function inheritedOf(group: string): Announcement | undefined {
  return getEnvironmentData(KEY + group) as unknown as Announcement | undefined;
}
