export default function sitemap() {
  return [{ url: "http://127.0.0.1/" }];
}
