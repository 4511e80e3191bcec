/** Pages as programs of many kinds write them: what they are is in their names, the numbers are made up. */
export const PAGES: Readonly<Record<string, string>> = {
  "a Go program": `# HELP go_gc_duration_seconds Pauses.
# TYPE go_gc_duration_seconds summary
go_gc_duration_seconds{quantile="0"} 1.5e-05
go_gc_duration_seconds{quantile="0.5"} 3.25e-05
go_gc_duration_seconds{quantile="1"} 0.000125
go_gc_duration_seconds_sum 0.5
go_gc_duration_seconds_count 37
# TYPE go_info gauge
go_info{version="go1.23.1"} 1
# TYPE go_memstats_alloc_bytes gauge
go_memstats_alloc_bytes 6.058576e+06
# TYPE go_memstats_alloc_bytes_total counter
go_memstats_alloc_bytes_total 4.4330096e+07
# TYPE promhttp_metric_handler_requests_total counter
promhttp_metric_handler_requests_total{code="200"} 12
promhttp_metric_handler_requests_total{code="500"} 0
`,
  node_exporter: `# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} 362812.75
node_cpu_seconds_total{cpu="0",mode="iowait"} 589.25
# TYPE node_filesystem_size_bytes gauge
node_filesystem_size_bytes{device="/dev/sda1",device_error="",fstype="ext4",mountpoint="/"} 1.0e+11
# TYPE node_netstat_Tcp_InSegs untyped
node_netstat_Tcp_InSegs 5.5e+07
# TYPE node_scrape_collector_success gauge
node_scrape_collector_success{collector="cpu"} 1
# TYPE node_time_seconds gauge
node_time_seconds 1.7e+09
`,
  windows_exporter: `# TYPE windows_logical_disk_free_bytes gauge
windows_logical_disk_free_bytes{volume="C:"} 1.5e+10
windows_logical_disk_free_bytes{volume="\\\\\\\\?\\\\Volume{4a}"} 5e+08
# TYPE windows_service_state gauge
windows_service_state{name="a \\"quoted\\" one",state="running"} 1
`,
  consul: `# TYPE consul_http_GET_v1_kv__ summary
consul_http_GET_v1_kv__{quantile="0.5"} NaN
consul_http_GET_v1_kv___sum 0
consul_http_GET_v1_kv___count 2
# TYPE consul_raft_apply counter
consul_raft_apply 3
# TYPE consul_autopilot_healthy gauge
consul_autopilot_healthy NaN
`,
  "cassandra by a JMX exporter": `# TYPE jvm_memory_bytes_used gauge
jvm_memory_bytes_used{area="heap",} 1.0E8
# TYPE cassandra_clientrequest_latency untyped
cassandra_clientrequest_latency{scope="Read",quantile="0.99",} 43388.628
cassandra_table_estimatedrowsize{keyspace="a",table="b",} NaN
# TYPE jvm_gc_collection_seconds summary
jvm_gc_collection_seconds_count{gc="G1 Young Generation",} 5.0
jvm_gc_collection_seconds_sum{gc="G1 Young Generation",} 0.25
# TYPE cassandra_cache_hits summary
cassandra_cache_hits{quantile="0.5",} 4.0
cassandra_cache_hits_count 9.0
`,
  "a Python program": `# TYPE python_gc_collections_total counter
python_gc_collections_total{generation="0"} 41.0
# TYPE request_seconds histogram
request_seconds_bucket{le="0.5",path="/"} 1.0
request_seconds_bucket{le="+Inf",path="/"} 2.0
request_seconds_count{path="/"} 2.0
request_seconds_sum{path="/"} 3.5
# TYPE request_seconds_created gauge
request_seconds_created{path="/"} 1.623691804097139e+09
# TYPE jobs_total counter
jobs_total 4.0
# TYPE jobs_created gauge
jobs_created 1.623691804097e+09
`,
  telegraf: `# HELP cpu_usage_idle Telegraf collected metric
# TYPE cpu_usage_idle gauge
cpu_usage_idle{cpu="cpu-total",host="a"} 97.5 1700000000000
cpu_usage_idle{cpu="cpu-total",host="a"} 96.5 1700000010000
cpu_usage_idle{cpu="cpu0",host="a"} 95.5 1700000000000
# TYPE net_bytes_recv counter
net_bytes_recv{host="a"} 5000 1700000000000
`,
  "a program that repeats itself": `# TYPE ds_entries gauge
ds_entries{db="a",} 188.0
# TYPE ds_entries gauge
ds_entries{db="b",} 3.0
x{y="two
lines"} 1
h_bucket{le="1"} 1
# TYPE h histogram
h_bucket{le="+Inf"} 2
h_sum 5
`,
};
