import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { HttpRecorder } from "./http/record/recorder.ts";
import { Connection } from "./http/request/connection.ts";
import { NodeRequest } from "./http/request/node-request.ts";
import { servers } from "./http/server/servers.ts";
import { ServerWatch } from "./http/server/watch.ts";
import { observedOf } from "./live/observer.ts";
import { PROTOCOL } from "./process-wide.ts";
import { Registry } from "./registry/registry.ts";

/** What copies of the package call of each other's objects. No version has been published yet, so the number is still 1. */
const WRITTEN_DOWN = {
  protocol: 1,
  members: {
    Registry:
      "counter exemplarProvider exemplars expose families find gauge histogram info instrument objectives onError register reset setLabels slo stateSet summary text unregister",
    HttpRecorder:
      "begin excludes needsHead needsSizes record recordRejected recordUpgrade registry timesHeads withdraw",
    Connection: "add find finish first more newest open refuse",
    NodeRequest: [
      "breakOff countsBody drop dropsBody end endAt endByEvents endStream excluding findRoute finish hasLength headAt",
      "header isEventStream isRecorded isRefused join joinInstead known leave method needs noticeHead",
      "outcome outcomeOfBreak passedHeaders protocolVersion recorders refuse request requestBytes response",
      "responseBytes route routeContext routedBy scheme start status streamKind timesHead url view",
    ].join(" "),
    Observed: "names observer",
    Servers:
      "begin connected findRoute finish leaveOut watch watchAll watchServerOf watchTwins watchers",
    ServerWatch:
      "add answer begin beginStream beginUpgrade everywhere isOff leaveOut own reject shareWithTwins unclaimed watchers",
  },
};

test("who changes a member that copies of the package share raises the number of the protocol", () => {
  const registry = new Registry();
  const shared = {
    Registry: registry,
    Connection: Connection.of(new Socket()),
    NodeRequest: new NodeRequest({} as IncomingMessage, {} as ServerResponse),
    HttpRecorder: new HttpRecorder({ registry }),
    Observed: observedOf(registry),
    Servers: servers(),
    ServerWatch: ServerWatch.of(createServer(), servers()),
  };
  const members = Object.fromEntries(
    Object.entries(shared).map(([name, object]) => [name, membersOf(object)]),
  );
  expect({ protocol: PROTOCOL, members }).toEqual(WRITTEN_DOWN);
});

/** The names of an object's own members and of those of its classes. */
function membersOf(object: object): string {
  const names = new Set<string>();
  for (let owner = object; owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const name of Object.getOwnPropertyNames(owner)) names.add(name);
  }
  names.delete("constructor");
  return [...names].toSorted().join(" ");
}
