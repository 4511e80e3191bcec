import type { RegistryContentType } from "narthex/prom-client";

export * from "narthex/prom-client";
export const contentType: RegistryContentType;
