import { runContract } from "./contract.ts";
import { honoFetchSubject } from "./subjects/hono-fetch.ts";

runContract(honoFetchSubject);
