import { runContract } from "./contract.ts";
import { fastifySubject } from "./subjects/fastify.ts";

runContract(fastifySubject);
