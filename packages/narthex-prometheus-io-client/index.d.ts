export * from "narthex/prometheus-io-client";
