/** What `narthex/next` is on the edge runtime, which has neither servers nor Node's modules. */
export function httpMetrics(): void {}

export function monitor(): void {}
