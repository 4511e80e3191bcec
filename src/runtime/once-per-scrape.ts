/**
 * Lets several families share one reading per scrape, whichever of them the scrape asks for. A scrape
 * calls all of its callbacks one after the other, so a reading is kept until they have been called.
 */
export function oncePerScrape<T>(read: () => T): () => T {
  let last: { readonly reading: T } | undefined;
  return () => {
    if (last === undefined) {
      last = { reading: read() };
      // A promise instead of `queueMicrotask`, which fake timers replace.
      void Promise.resolve().then(() => {
        last = undefined;
      });
    }
    return last.reading;
  };
}
