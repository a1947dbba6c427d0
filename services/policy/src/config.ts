import { bytes, port, readEnvironment, text, wholeNumber } from "@muster/host/environment";

export const readConfig = (env: NodeJS.ProcessEnv) =>
  readEnvironment(env, {
    grpcPort: ["MUSTER_GRPC_PORT", port],
    serviceToken: ["MUSTER_SERVICE_TOKEN", text],
    // Seals what profiles and declarations hold.
    masterKey: ["MUSTER_MASTER_KEY", bytes(32)],
    // Where devices fetch what declarations refer to.
    publicDeviceUrl: ["MUSTER_PUBLIC_DEVICE_URL", text],
    // A verdict is believed this long, or four intervals of its policy when that is longer.
    staleAfterSeconds: ["MUSTER_STALE_AFTER_SECONDS", wholeNumber, 86_400],
  });
