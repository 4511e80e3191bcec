/**
 * The user who runs what refuses to run as root, as options of `spawn`; undefined where this
 * process is not root's.
 */
export const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
