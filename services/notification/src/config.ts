import { bytes, port, readEnvironment, text, wholeNumber } from "@muster/host/environment";
import { cidrs } from "./domain/address-policy.ts";

export const readConfig = (env: NodeJS.ProcessEnv) =>
  readEnvironment(env, {
    grpcPort: ["MUSTER_GRPC_PORT", port],
    serviceToken: ["MUSTER_SERVICE_TOKEN", text],
    // Seals the webhooks' secrets.
    masterKey: ["MUSTER_MASTER_KEY", bytes(32)],
    // Private networks that webhooks may reach nevertheless, such as 10.20.0.0/16.
    allowedNetworks: ["MUSTER_WEBHOOK_ALLOW_PRIVATE", cidrs, []],
    activityDays: ["MUSTER_ACTIVITY_DAYS", wholeNumber, 90],
  });
