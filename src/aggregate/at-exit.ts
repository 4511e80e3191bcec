/** What is done when the thread ends by itself. */
const ends = new Set<() => void>();

function endAll(): void {
  for (const end of [...ends]) end();
}

/**
 * Calls a function when the thread ends by itself. All of them share one listener, as Node.js warns of more
 * than ten.
 *
 * @returns a function that takes it back
 */
export function atExit(end: () => void): () => void {
  if (ends.size === 0) process.on("exit", endAll);
  ends.add(end);
  return () => {
    ends.delete(end);
    if (ends.size === 0) process.removeListener("exit", endAll);
  };
}
