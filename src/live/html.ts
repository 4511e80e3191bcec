/**
 * The page: HTML with its script and its style. The build puts it here, made from `page/`; without a
 * build there is only this.
 */
export const html = "<!doctype html><title>Metrics</title><p>The page is not built.</p>\n";

/** The hashes of its script and its style, as a policy names them. */
export const hashes = { script: "'none'", style: "'none'" };
