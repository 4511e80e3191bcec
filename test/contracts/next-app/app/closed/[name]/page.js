export const dynamicParams = false;

export function generateStaticParams() {
  return [{ name: "known" }];
}

export default function Closed() {
  return "closed";
}
