import { bytes, readEnvironment, text, wholeNumber } from "@muster/host/environment";
import { RPC } from "@muster/rpc/open-rpc";

export const readConfig = (env: NodeJS.ProcessEnv) =>
  readEnvironment(env, {
    ...RPC,
    // Seals what profiles and declarations hold.
    masterKey: ["MUSTER_MASTER_KEY", bytes(32)],
    // Where devices fetch what declarations refer to.
    publicDeviceUrl: ["MUSTER_PUBLIC_DEVICE_URL", text],
    // A verdict is believed this long, or four intervals of its policy when that is longer.
    staleAfterSeconds: ["MUSTER_STALE_AFTER_SECONDS", wholeNumber, 86_400],
  });
