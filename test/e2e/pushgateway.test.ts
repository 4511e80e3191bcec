import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../../scripts/servers/free-port.mjs";
import { answers, type Server, startServer } from "../../scripts/servers/start-server.mjs";
import { Registry } from "../../src/index.ts";
import { seriesHead } from "../../src/model/sample-sink.ts";
import {
  Pushgateway,
  type PushgatewayOptions,
  withPush,
} from "../../src/push/pushgateway/index.ts";
import { decodePage } from "../protobuf-page.ts";
import { realServer } from "../real-servers.ts";

const command = await realServer("pushgateway");

describe.skipIf(!command)("the Pushgateway", () => {
  let url: string;
  let server: Server;
  let job = 0;

  beforeAll(async () => {
    const address = `127.0.0.1:${await freePort()}`;
    url = `http://${address}/prefix`;
    const flags = [`--web.listen-address=${address}`, "--web.route-prefix=/prefix"];
    server = await startServer(command!, [...flags, "--persistence.file="], () =>
      answers(`${url}/-/ready`),
    );
  });
  afterAll(() => server?.stop());
  beforeEach(() => {
    job += 1;
  });

  function gateway(options: Partial<PushgatewayOptions> = {}): Pushgateway {
    return new Pushgateway(url, { job: `job ${job}`, registry: registryWith(1), ...options });
  }

  function registryWith(value: number): Registry {
    const registry = new Registry();
    registry.gauge({ name: `size_bytes_${job}`, help: "Its size." }).set(value);
    return registry;
  }

  /** The lines of the gateway's page about this test's metrics. */
  async function lines(pattern = /^(?!#).*size_bytes/): Promise<string[]> {
    const page = await (await fetch(`${url}/metrics`)).text();
    return page
      .split("\n")
      .filter((line) => pattern.test(line) && line.includes(`job="job ${job}`));
  }

  /** A gateway accepts a deletion before it deletes. */
  async function gone(): Promise<void> {
    await expect.poll(() => lines(/./)).toEqual([]);
  }

  test("has what was pushed, until it is deleted", async () => {
    await gateway().push();
    expect(await lines()).toEqual([`size_bytes_${job}{instance="",job="job ${job}"} 1`]);
    await gateway({ registry: registryWith(2), gzip: true }).push();
    expect(await lines()).toEqual([`size_bytes_${job}{instance="",job="job ${job}"} 2`]);
    await gateway().delete();
    await gateway().delete();
    await gone();
  });

  test("keeps other metrics of the group when some are added, and none when it is pushed", async () => {
    const other = new Registry();
    other.counter({ name: `runs_size_bytes_${job}`, help: "Runs." }).inc(3);
    await gateway().push();
    await gateway({ registry: other }).add();
    expect((await lines()).length).toBe(2);
    await gateway({ registry: other }).push();
    expect(await lines()).toEqual([`runs_size_bytes_${job}_total{instance="",job="job ${job}"} 3`]);
  });

  test.each([
    "plain",
    "with space",
    "/var/tmp",
    "a/b",
    "",
    ".",
    "..",
    "...",
    "%2F",
    "a+b&c=d?e#f",
    "ünï 🌿 Προμηθεύς",
    "a\nb\tc",
    'q"uo\\te',
    "=",
    "@base64",
    ";:,",
  ])("gets the label value %j as it is, also as a part of job", async (value) => {
    const grouping = { path: value, shard: 7, last: true };
    const names = value === "" ? [`job ${job}`] : [`job ${job}`, `job ${job}${value}`];
    for (const name of names) {
      const group = gateway({ job: name, grouping });
      await group.push();
      const { data } = (await (await fetch(`${url}/api/v1/metrics`)).json()) as {
        data: { labels: Record<string, string> }[];
      };
      expect(data.map(({ labels }) => labels)).toContainEqual({
        job: name,
        path: value,
        shard: "7",
        last: "true",
      });
      await group.delete();
      await gone();
    }
  });

  test("gets native histograms, exemplars and created timestamps", async () => {
    const registry = new Registry({ now: () => 1_700_000_000_000 });
    const latency = registry.histogram({
      name: "latency_seconds",
      help: "…",
      native: true,
      buckets: [1],
    });
    latency.observe(0.5, { exemplar: { trace_id: "abc" } });
    registry.counter({ name: "orders", help: "…" }).inc(1, { exemplar: { trace_id: "def" } });
    await gateway({ registry }).push();
    const accept =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
    const response = await fetch(`${url}/metrics`, { headers: { accept } });
    const families = decodePage(new Uint8Array(await response.arrayBuffer()));
    const pushed = (name: string) => families.find((family) => family.name === name);
    expect(pushed("latency_seconds")).toMatchObject({
      metric: [
        {
          histogram: {
            created: { seconds: 1_700_000_000 },
            schema: 3,
            positiveDelta: [1],
            bucket: [{ exemplar: { label: [{ name: "trace_id", value: "abc" }] } }],
          },
        },
      ],
    });
    expect(pushed("orders_total")).toMatchObject({
      metric: [{ counter: { exemplar: { label: [{ value: "def" }] } } }],
    });
    await gateway({ registry }).delete();
  });

  describe("refuses, in its own words,", () => {
    test("what has another type in another group", async () => {
      await gateway().push();
      const registry = new Registry();
      registry.histogram({ name: `size_bytes_${job}`, help: "…" });
      await expect(gateway({ registry, grouping: { shard: "b" } }).push()).rejects.toMatchObject({
        code: "NARTHEX_PUSH_FAILED",
        message: expect.stringMatching(
          /^push\(\) to http:\/\/127\.0\.0\.1:\d+\/prefix\/metrics\/job\/job%20\d+\/shard\/b failed: the server answered 400: pushed metrics are invalid or inconsistent with existing metrics: .*size_bytes/,
        ),
      });
    });

    test("timestamps", async () => {
      const registry = new Registry();
      registry.register({
        visit(sink) {
          sink.family({ name: "stock", help: "Stock.", type: "gauge" });
          sink.gauge(seriesHead(["place"], ["there"], { timestamp: 1_700_000_000 }), 1);
        },
      });
      await expect(gateway({ registry }).add()).rejects.toThrow(
        /^add\(\) to .* failed: the server answered 400: .*timestamp/,
      );
    });
  });

  test("takes text, too", async () => {
    await gateway({ format: "text" }).push();
    expect(await lines()).toEqual([`size_bytes_${job}{instance="",job="job ${job}"} 1`]);
  });

  test("keeps when a batch job succeeded and failed the last time", async () => {
    const ofJob = /^batch_job/;
    expect(await withPush(gateway(), async () => "done")).toBe("done");
    const afterSuccess = await lines(ofJob);
    expect(afterSuccess.map((line) => line.replace(/\{.*/, ""))).toEqual([
      "batch_job_duration_seconds",
      "batch_job_last_success_timestamp_seconds",
    ]);
    const failing = withPush(gateway({ registry: registryWith(5) }), () => {
      throw new Error("the disk is full");
    });
    await expect(failing).rejects.toThrow("the disk is full");
    const afterFailure = await lines(ofJob);
    expect(afterFailure).toContain(afterSuccess[1]);
    expect(afterFailure[1]).toMatch(/^batch_job_last_failure_timestamp_seconds\{.*\} 1\.\d+e\+09$/);
    expect(await lines()).toEqual([`size_bytes_${job}{instance="",job="job ${job}"} 5`]);
  });
});
