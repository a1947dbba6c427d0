import { readEnvironment, text, wholeNumber } from "@muster/host/environment";
import { createLogger } from "@muster/host/logging";
import { jetstreamManager } from "@nats-io/jetstream";
import { bootstrapBus } from "./bootstrap.ts";
import { connectBus } from "./connection.ts";

const config = readEnvironment(process.env, {
  natsUrl: ["MUSTER_NATS_URL", text],
  credentials: ["MUSTER_NATS_CREDENTIALS", text, ""],
  replicas: ["MUSTER_NATS_REPLICAS", wholeNumber, 1],
});
const log = createLogger("bus-bootstrap", "info");
const bus = await connectBus(config.natsUrl, "bus-bootstrap", log, config.credentials);
const result = await bootstrapBus(await jetstreamManager(bus), config.replicas);
log.info(result, "streams and consumers are as declared");
await bus.close();
