const { NEXT_APP_BUILD, NEXT_APP_BASE_PATH, NEXT_APP_OUTPUT } = process.env;

export default {
  distDir: NEXT_APP_BUILD ?? ".next",
  basePath: NEXT_APP_BASE_PATH ?? "",
  output: NEXT_APP_OUTPUT,
  rewrites: async () => [{ source: "/rewritten/:slug", destination: "/blog/:slug" }],
  redirects: async () => [{ source: "/old/:slug", destination: "/blog/:slug", permanent: true }],
};
