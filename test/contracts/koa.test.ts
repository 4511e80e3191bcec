import { runContract } from "./contract.ts";
import { koaSubject } from "./subjects/koa.ts";

runContract(koaSubject);
