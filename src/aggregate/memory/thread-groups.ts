import type { GroupTroubles } from "../group-troubles.ts";
import type { Arena } from "./arena.ts";
import type { SharedArenas } from "./shared-arenas.ts";
import { type GroupState, ThreadGroup, type ThreadMember } from "./thread-group.ts";

/** The threads of all memory that a group of threads has. */
export class ThreadGroups {
  readonly arenas: SharedArenas;
  /** The memory of the thread that reads. */
  readonly arena: Arena;
  readonly #id: number;
  readonly #troubles: GroupTroubles;
  readonly #groups = new Map<Arena, ThreadGroup>();

  /** @param id of the member that reads, in its memory */
  constructor(arenas: SharedArenas, arena: Arena, id: number, troubles: GroupTroubles) {
    this.arenas = arenas;
    this.arena = arena;
    this.#id = id;
    this.#troubles = troubles;
  }

  /** Reads the members of all memory, and folds those that have ended. */
  readAll(): GroupState[] {
    const states: GroupState[] = [];
    for (const arena of this.arenas.all()) {
      try {
        states.push(this.read(arena));
      } catch (error) {
        this.#troubles.unread(error, "shared memory");
      }
    }
    return states;
  }

  /** Reads the members of one memory, and folds those that have ended; throws if they can't be read. */
  read(arena: Arena): GroupState {
    const group = this.of(arena);
    const state = group.read();
    try {
      group.foldEnded(state);
    } catch (error) {
      this.#troubles.unwritten(error);
    }
    return state;
  }

  of(arena: Arena): ThreadGroup {
    let group = this.#groups.get(arena);
    if (group === undefined) {
      const own = arena === this.arena ? this.#id : 0;
      group = new ThreadGroup(arena, own, (error) => this.#troubles.unread(error, "shared memory"));
      this.#groups.set(arena, group);
    }
    return group;
  }

  /** What tells a thread from others on a page. */
  labelOf(thread: number): string {
    const { label } = this.arenas;
    return thread === 0 ? label : `${label}/${thread}`;
  }
}

/** The definitions of threads that run, and of those the newest, take precedence. */
export function inPrecedence(a: ThreadMember, b: ThreadMember): number {
  return Number(b.isAlive) - Number(a.isAlive) || b.id - a.id;
}
