import { runContract } from "./contract.ts";
import { nestExpressSubject } from "./subjects/nest-express.ts";

runContract(nestExpressSubject);
