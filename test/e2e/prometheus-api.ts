/** Prometheus's query API, with results in a form that reads well in a test. */
export class PrometheusApi {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The series of an instant query that have plain numbers, with the values as Prometheus prints them. */
  async values(query: string): Promise<Record<string, string>> {
    const { result } = await this.#get<Result<{ value?: Point }>>("query", { query });
    return Object.fromEntries(
      result.flatMap(({ metric, value }) => (value ? [[seriesText(metric), value[1]]] : [])),
    );
  }

  /** The oldest sample of each series: its time in seconds, and the value or the count of a native histogram. */
  async oldest(series: string): Promise<Record<string, Point>> {
    const { result } = await this.#get<Result<{ values?: Point[]; histograms?: NativePoint[] }>>(
      "query",
      { query: `${series}[1h]` },
    );
    return Object.fromEntries(
      result.map(({ metric, values = [], histograms = [] }) => {
        const counts = histograms.map(([time, { count }]) => [time, count] as const);
        return [seriesText(metric), [...values, ...counts][0]!];
      }),
    );
  }

  async exemplars(query: string): Promise<Record<string, ReceivedExemplar[]>> {
    const data = await this.#get<{ seriesLabels: Metric; exemplars: ReceivedExemplar[] }[]>(
      "query_exemplars",
      { query, start: "0", end: String(Date.now() / 1000 + 60) },
    );
    return Object.fromEntries(
      data.map(({ seriesLabels, exemplars }) => [seriesText(seriesLabels), exemplars]),
    );
  }

  /** The metadata of a job's families. */
  async metadata(job: string): Promise<FamilyMetadata[]> {
    return this.#get("targets/metadata", { match_target: `{job="${job}"}` });
  }

  async #get<T>(path: string, parameters: Record<string, string>): Promise<T> {
    const query = new URLSearchParams(parameters);
    const response = await fetch(`${this.#url}/api/v1/${path}?${query}`);
    const { data, error } = (await response.json()) as { data: T; error?: string };
    if (error !== undefined) throw new Error(`${error}: ${query}`);
    return data;
  }
}

type Metric = Readonly<Record<string, string>>;
type Point = readonly [number, string];
type NativePoint = readonly [number, { readonly count: string }];
type Result<T> = { readonly result: readonly ({ readonly metric: Metric } & T)[] };

interface FamilyMetadata {
  readonly metric: string;
  readonly type: string;
  readonly help: string;
}

interface ReceivedExemplar {
  readonly labels: Metric;
  readonly value: string;
  readonly timestamp: number;
}

/** The series as text, without target labels and with the other labels sorted. */
function seriesText({ __name__ = "", job, instance, ...labels }: Metric): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return parts.length === 0 ? __name__ : `${__name__}{${parts.sort().join()}}`;
}
