import { type EscapingScheme, escapeLabelName } from "../model/escaping.ts";
import type { Exemplar } from "../model/exemplar.ts";
import { isLegacyLabelName } from "../model/names.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { quotedIfNeeded } from "./label-texts.ts";

/** Writes an exemplar behind a sample, as both versions of OpenMetrics do. */
export function writeExemplar(out: ByteWriter, exemplar: Exemplar, scheme: EscapingScheme): void {
  out.text(" # {");
  let comma = "";
  for (const [name, value] of Object.entries(exemplar.labels)) {
    out.text(`${comma}${quotedIfNeeded(escapeLabelName(name, scheme), isLegacyLabelName)}="`);
    out.escaped(value, true);
    out.text('"');
    comma = ",";
  }
  out.text("} ");
  out.number(exemplar.value);
  if (Number.isNaN(exemplar.timestamp)) return;
  out.text(" ");
  out.number(exemplar.timestamp);
}
