/**
 * One of the headers that were passed to `writeHead`, by its lower-case name: they are an object, names
 * and values in turn, or pairs.
 */
export function headerOf(headers: unknown, name: string): unknown {
  if (typeof headers !== "object" || headers === null) return undefined;
  if (!Array.isArray(headers)) return inObject(headers as Record<string, unknown>, name);
  const isFlat = !Array.isArray(headers[0]);
  const at = headers.findIndex((entry, index) =>
    isFlat ? index % 2 === 0 && isName(entry, name) : isName(entry[0], name),
  );
  if (at < 0) return undefined;
  return isFlat ? headers[at + 1] : headers[at][1];
}

function inObject(headers: Record<string, unknown>, name: string): unknown {
  if (name in headers) return headers[name];
  for (const key in headers) if (isName(key, name)) return headers[key];
  return undefined;
}

function isName(key: unknown, name: string): boolean {
  return typeof key === "string" && key.length === name.length && key.toLowerCase() === name;
}
