import type { RegistryContentType } from "narthex/prometheus-io-client";

export * from "narthex/prometheus-io-client";
export const contentType: RegistryContentType;
