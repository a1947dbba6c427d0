import { bytes, port, readEnvironment, text, wholeNumber } from "@muster/host/environment";

export const readConfig = (env: NodeJS.ProcessEnv) =>
  readEnvironment(env, {
    httpPort: ["MUSTER_HTTP_PORT", port],
    grpcPort: ["MUSTER_GRPC_PORT", port],
    serviceToken: ["MUSTER_SERVICE_TOKEN", text],
    nodeKeyPublic: ["MUSTER_NODE_KEY_PUBLIC", bytes()],
    detailIntervalSeconds: ["MUSTER_DETAIL_INTERVAL_SECONDS", wholeNumber, 3600],
    historyDays: ["MUSTER_HISTORY_DAYS", wholeNumber, 400],
    maxCarveBytes: ["MUSTER_CARVE_MAX_BYTES", wholeNumber, 256 * 1024 * 1024],
  });
