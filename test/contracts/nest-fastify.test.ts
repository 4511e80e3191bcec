import { runContract } from "./contract.ts";
import { nestFastifySubject } from "./subjects/nest-fastify.ts";

runContract(nestFastifySubject);
