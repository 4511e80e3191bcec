import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

let bytes = 0;

/** How many bytes this process has written to files, if it has imported this before all that writes. */
export const writtenBytes = () => bytes;

const { writeFileSync, writeSync, promises } = fs;
const { writeFile } = promises;

/** @param {any} data */
const lengthOf = (data) => Buffer.byteLength(data);

fs.writeFileSync = (...args) => {
  bytes += lengthOf(args[1]);
  return writeFileSync(...args);
};
fs.writeSync = (/** @type {any[]} */ ...args) => {
  // @ts-expect-error There are several forms of it.
  const written = writeSync(...args);
  bytes += written;
  return written;
};
promises.writeFile = (...args) => {
  bytes += lengthOf(args[1]);
  return writeFile(...args);
};
syncBuiltinESMExports();
