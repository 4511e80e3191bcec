// A nightly job that leaves its metrics in a file for node_exporter. Run: node batch.ts
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Registry } from "narthex";
import { writeTextfile } from "narthex/textfile";

/** What node_exporter has as --collector.textfile.directory. */
const folder = process.env.TEXTFILE_FOLDER ?? tmpdir();

/** Two files, so that a run that fails does not overwrite when the last good one was. */
const lastRun = new Registry();
const lastSuccess = new Registry();

const success = lastRun.gauge({
  name: "backup_success",
  help: "Whether the last backup succeeded: 1 or 0.",
});
const duration = lastRun.gauge({
  name: "backup_duration_seconds",
  help: "How long the last backup took.",
});
const ended = lastSuccess.gauge({
  name: "backup_last_success_timestamp_seconds",
  help: "When a backup succeeded the last time.",
});
const size = lastSuccess.gauge({
  name: "backup_size_bytes",
  help: "How large that backup is.",
});

async function backUp(): Promise<number> {
  return 1_000_000; // in place of real work
}

try {
  size.set(await duration.time(backUp));
  ended.setToNow();
  success.set(1);
  await writeTextfile(join(folder, "backup-success.prom"), { registry: lastSuccess });
} finally {
  await writeTextfile(join(folder, "backup.prom"), { registry: lastRun });
}
