import { CLIENT_0_16 } from "../prom-client/behaviour.ts";
import * as before from "../prom-client/classes.ts";

// The classes of prom-client, with the behaviour of its successor.

export class Registry extends before.Registry {
  override get behaviour() {
    return CLIENT_0_16;
  }
}

export class Counter extends before.Counter {
  override get behaviour() {
    return CLIENT_0_16;
  }
}

export class Gauge extends before.Gauge {
  override get behaviour() {
    return CLIENT_0_16;
  }
}

export class Histogram extends before.Histogram {
  override get behaviour() {
    return CLIENT_0_16;
  }
}

export class Summary extends before.Summary {
  override get behaviour() {
    return CLIENT_0_16;
  }
}

export class Pushgateway extends before.Pushgateway {
  override get behaviour() {
    return CLIENT_0_16;
  }
}
