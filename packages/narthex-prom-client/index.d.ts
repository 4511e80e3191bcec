export * from "narthex/prom-client";
