/** Where the database is: in a local file, or on a PostgreSQL server. */
export type DatabaseLocation = { kind: "file"; path: string } | { kind: "postgres"; url: string };

/** The location without its password, for the log. */
export function describeLocation(location: DatabaseLocation): string {
  if (location.kind === "file") return location.path;
  const { protocol, username, host, pathname } = new URL(location.url);
  return `${protocol}//${username}${username && "@"}${host}${pathname}`;
}
