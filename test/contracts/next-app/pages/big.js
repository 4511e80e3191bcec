import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { BIG_BYTES, big } from "../../bodies.ts";

export async function getServerSideProps({ res }) {
  res.setHeader("content-length", BIG_BYTES);
  await pipeline(Readable.from(big()), res);
  return { props: {} };
}

export default function Big() {}
