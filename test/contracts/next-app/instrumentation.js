import { httpMetrics } from "narthex/next";

export function register() {
  httpMetrics();
}
