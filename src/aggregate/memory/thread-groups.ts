import type { MetricSource } from "../../model/sample-sink.ts";
import type { GroupTroubles } from "../group-troubles.ts";
import { visitMembers } from "../member-metrics.ts";
import { GroupSum } from "../merge/group-sum.ts";
import type { Arena } from "./arena.ts";
import type { SharedArenas } from "./shared-arenas.ts";
import { type GroupState, reportsOnce, ThreadGroup, type ThreadMember } from "./thread-group.ts";

/** The threads of all memory that a group of threads has. */
export class ThreadGroups {
  readonly arenas: SharedArenas;
  /** The memory of the thread that reads. */
  readonly arena: Arena;
  readonly #id: number;
  readonly #troubles: GroupTroubles;
  readonly #groups = new Map<Arena, ThreadGroup>();
  readonly #sum: GroupSum;

  /** @param id of the member that reads, in its memory */
  constructor(arenas: SharedArenas, arena: Arena, id: number, troubles: GroupTroubles) {
    this.arenas = arenas;
    this.arena = arena;
    this.#id = id;
    this.#troubles = troubles;
    this.#sum = new GroupSum((disagreement) => troubles.disagreement(disagreement));
  }

  /** What all threads have, those included that have ended. */
  sum(): MetricSource {
    const begun = performance.now();
    const states = this.readAll();
    const members = states.flatMap((state) => state.members).sort(inPrecedence);
    const folds = states.flatMap(({ fold: { report } }) => report ?? []);
    const sum = this.#sum.of([
      ...members.map(({ threadId, isAlive, report }) => {
        return { process: this.labelOf(threadId), isAlive, report };
      }),
      ...folds.map((report) => ({ process: "", isAlive: false, report })),
    ]);
    const living = members.filter(({ isAlive }) => isAlive).length;
    const seconds = (performance.now() - begun) / 1000;
    return {
      *visit(sink) {
        yield* sum.visit(sink) ?? [];
        visitMembers(sink, living, seconds);
      },
    };
  }

  /** Reads the members of all memory, and folds those that have ended. */
  readAll(): GroupState[] {
    return oncePerProcess([...this.#readAll().values()]);
  }

  /** Reads the members of one memory, and folds those that have ended; throws if they can't be read. */
  read(arena: Arena): GroupState {
    const states = this.#readAll();
    const place = [...states.keys()].indexOf(arena);
    return oncePerProcess([...states.values()])[place] ?? this.#read(arena);
  }

  #readAll(): Map<Arena, GroupState> {
    const states = new Map<Arena, GroupState>();
    for (const arena of this.arenas.all()) {
      try {
        states.set(arena, this.#read(arena));
      } catch (error) {
        this.#troubles.unread(error, "shared memory");
      }
    }
    return states;
  }

  #read(arena: Arena): GroupState {
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

/** The threads, where the metrics of a process and those of a thread are in one registry only. */
function oncePerProcess(states: readonly GroupState[]): GroupState[] {
  const reports = reportsOnce(states.flatMap(({ members }) => members));
  return states.map(({ members, fold }) => ({
    members: members.map((member) => ({ ...member, report: reports.get(member)! })),
    fold,
  }));
}
