import { join } from "node:path";
import ts from "typescript";
import { repository } from "../repository.mjs";

/** @param {string} file such as `tsconfig.build.json` */
export function readConfig(file) {
  const config = ts.getParsedCommandLineOfConfigFile(join(repository, file), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
    },
  });
  return /** @type {ts.ParsedCommandLine} */ (config);
}
