/**
 * Options of `spawn` with the user for commands that refuse to run as root; undefined if this process
 * does not run as root.
 */
export const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
