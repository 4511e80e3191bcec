/** Starts a clock; what it returns tells the seconds since then. It is the one that fake timers replace. */
export function startClock(): () => number {
  const start = process.hrtime();
  return () => {
    const [seconds, nanoseconds] = process.hrtime(start);
    return seconds + nanoseconds / 1e9;
  };
}
