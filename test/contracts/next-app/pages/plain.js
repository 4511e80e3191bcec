import { PLAIN } from "../../bodies.ts";

// Handlers of the app router never have a content-length.
export async function getServerSideProps({ res }) {
  res.setHeader("content-length", PLAIN.length);
  res.end(PLAIN);
  return { props: {} };
}

export default function Plain() {}
