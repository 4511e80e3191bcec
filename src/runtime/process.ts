import { accessSync, constants, readdirSync, readFileSync, statSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { describe, Warnings } from "../warn.ts";
import type { RuntimeFamilies } from "./families.ts";
import { oncePerScrape } from "./once-per-scrape.ts";

const STATUS = "/proc/self/status";
const DESCRIPTORS = "/proc/self/fd";
const LIMITS = "/proc/self/limits";

/** The metrics that Prometheus's clients have in common for a process. */
export function collectProcess(families: RuntimeFamilies): void {
  families.constant(
    {
      name: "process_start_time_seconds",
      help: "When the process started, in seconds since the Unix epoch.",
      aggregate: "min",
    },
    performance.timeOrigin / 1000,
  );
  collectCpu(families);
  collectMemory(families);
  collectDescriptors(families);
}

const warnings = new Warnings();

/** Whether a file or folder in `/proc` can be read. One warning tells if it is there, but forbidden. */
function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      warnings.once(
        "proc",
        `Metrics of the process that need /proc are left out: ${describe(error)}. If the process runs with Node's permission model, start it with --allow-fs-read=/proc/self/*.`,
      );
    }
    return false;
  }
}

function collectCpu(families: RuntimeFamilies): void {
  const usage = oncePerScrape(() => process.cpuUsage());
  families.counter({
    name: "process_cpu_user_seconds",
    help: "CPU time that the process has used in user mode, in seconds.",
    collect: () => usage().user / 1e6,
  });
  families.counter({
    name: "process_cpu_system_seconds",
    help: "CPU time that the process has used in the kernel, in seconds.",
    collect: () => usage().system / 1e6,
  });
  families.counter({
    name: "process_cpu_seconds",
    help: "CPU time that the process has used, in user mode and in the kernel, in seconds.",
    collect: () => (usage().user + usage().system) / 1e6,
  });
}

function collectMemory(families: RuntimeFamilies): void {
  const resident = {
    name: "process_resident_memory_bytes",
    help: "Memory of the process that is in RAM, in bytes.",
  };
  if (!isReadable(STATUS)) {
    families.gauge({ ...resident, collect: () => process.memoryUsage.rss() });
    return;
  }
  const status = oncePerScrape(() => readFileSync(STATUS, "utf8"));
  families.gauge({ ...resident, collect: () => bytes(status(), "VmRSS") });
  families.gauge({
    name: "process_virtual_memory_bytes",
    help: "Address space of the process, in bytes.",
    collect: () => bytes(status(), "VmSize"),
  });
  families.gauge({
    name: "process_heap_bytes",
    help: "Data segment of the process, all of its private writable memory but stacks, in bytes.",
    collect: () => bytes(status(), "VmData"),
  });
}

function bytes(status: string, field: string): number {
  const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  return Number(kibibytes) * 1024;
}

function collectDescriptors(families: RuntimeFamilies): void {
  if (isReadable(DESCRIPTORS)) {
    families.gauge({
      name: "process_open_fds",
      help: "File descriptors that the process has open.",
      collect: () => countDescriptors(DESCRIPTORS),
    });
  }
  if (isReadable(LIMITS)) {
    families.gauge({
      name: "process_max_fds",
      help: "File descriptors that the process may have open (the soft limit).",
      collect: () => descriptorLimit(readFileSync(LIMITS, "utf8")),
    });
  }
}

/**
 * Since Linux 6.2 the folder's size is the number of descriptors. On older kernels the entries are
 * counted, without the descriptor that this reading takes; 10,000 of them take milliseconds.
 */
export function countDescriptors(folder: string): number {
  return statSync(folder).size || readdirSync(folder).length - 1;
}

function descriptorLimit(limits: string): number {
  const limit = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
  return limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit);
}
