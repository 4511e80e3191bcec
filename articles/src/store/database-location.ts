/** Where the database is: a file of the service's own, or a PostgreSQL server. */
export type DatabaseLocation = { kind: "file"; path: string } | { kind: "postgres"; url: string };

/** The location in words that may be logged: without the password. */
export function describeLocation(location: DatabaseLocation): string {
  if (location.kind === "file") return location.path;
  const { protocol, username, host, pathname } = new URL(location.url);
  return `${protocol}//${username}${username && "@"}${host}${pathname}`;
}
