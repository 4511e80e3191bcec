import { runContract } from "./contract.ts";
import { nodeSubject } from "./subjects/node.ts";

runContract(nodeSubject);
