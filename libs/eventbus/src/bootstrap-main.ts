import { readEnvironment, text } from "@muster/host/environment";
import { createLogger } from "@muster/host/logging";
import { jetstreamManager } from "@nats-io/jetstream";
import { bootstrapBus } from "./bootstrap.ts";
import { connectBus } from "./connection.ts";
import { STREAM_SIZE, streamSizeOf } from "./stream-size.ts";

const config = readEnvironment(process.env, {
  natsUrl: ["MUSTER_NATS_URL", text],
  credentials: ["MUSTER_NATS_CREDENTIALS", text, ""],
  ...STREAM_SIZE,
});
const log = createLogger("bus-bootstrap", "info");
const bus = await connectBus(config.natsUrl, "bus-bootstrap", log, config.credentials);
const result = await bootstrapBus(await jetstreamManager(bus), streamSizeOf(config));
log.info(result, "streams and consumers are as declared");
await bus.close();
