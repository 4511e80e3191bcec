import { readdirSync, readFileSync } from "node:fs";
import type { Kit } from "./kit.ts";

const START_SECONDS = Math.round(Date.now() / 1000 - process.uptime());

export function processCpuTotal(kit: Kit): void {
  const { classes, labels, options } = kit;
  const enableExemplars = options.enableExemplars ?? false;
  let last = process.cpuUsage();
  const add = (counter: InstanceType<typeof classes.Counter>, microseconds: number) => {
    const value = microseconds / 1e6;
    if (enableExemplars) counter.inc({ labels, value });
    else counter.inc(labels, value);
  };
  const user = new classes.Counter({
    ...kit.config("process_cpu_user_seconds_total", "Total user CPU time spent in seconds."),
    enableExemplars,
    // Sets all three.
    collect() {
      const usage = process.cpuUsage();
      add(user, usage.user - last.user);
      add(system, usage.system - last.system);
      add(both, usage.user - last.user + usage.system - last.system);
      last = usage;
    },
  });
  const system = new classes.Counter({
    ...kit.config("process_cpu_system_seconds_total", "Total system CPU time spent in seconds."),
    enableExemplars,
  });
  const both = new classes.Counter({
    ...kit.config("process_cpu_seconds_total", "Total user and system CPU time spent in seconds."),
    enableExemplars,
  });
}

export function processStartTime(kit: Kit): void {
  kit.read(
    "process_start_time_seconds",
    "Start time of the process since unix epoch in seconds.",
    () => START_SECONDS,
    "omit",
  );
}

export function osMemoryHeap(kit: Kit): void {
  const name = "process_resident_memory_bytes";
  const help = "Resident memory size in bytes.";
  if (process.platform !== "linux") {
    kit.read(name, help, () => process.memoryUsage.rss());
    return;
  }
  const { labels } = kit;
  const resident = kit.gauge(name, help, {
    // Sets all three.
    collect() {
      const status = memoryStatus();
      if (status === undefined) return;
      resident.set(labels, status("VmRSS"));
      virtual.set(labels, status("VmSize"));
      heap.set(labels, status("VmData"));
    },
  });
  const virtual = kit.gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.");
  const heap = kit.gauge("process_heap_bytes", "Process heap size in bytes.");
}

/** Reads fields of /proc/self/status that are sizes, in bytes; undefined where there is no such file. */
function memoryStatus(): ((field: string) => number) | undefined {
  const text = readProc("/proc/self/status");
  if (text === undefined) return undefined;
  return (field) => Number(new RegExp(`^${field}:\\s*(\\d+)`, "m").exec(text)?.[1]) * 1024;
}

export function processOpenFileDescriptors(kit: Kit): void {
  if (process.platform !== "linux") return;
  kit.read("process_open_fds", "Number of open file descriptors.", () => {
    try {
      // The one that reads the folder is not counted.
      return readdirSync("/proc/self/fd").length - 1;
    } catch {
      return undefined;
    }
  });
}

export function processMaxFileDescriptors(kit: Kit): void {
  const limit = /^Max open files\s+(\d+|unlimited)/m.exec(readProc("/proc/self/limits") ?? "")?.[1];
  if (limit === undefined) return;
  kit.read("process_max_fds", "Maximum number of open file descriptors.", () => Number(limit));
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
