import { bytes, port, readEnvironment, text, wholeNumber } from "@muster/host/environment";
import { RPC } from "@muster/rpc/open-rpc";

export const readConfig = (env: NodeJS.ProcessEnv) =>
  readEnvironment(env, {
    httpPort: ["MUSTER_HTTP_PORT", port],
    ...RPC,
    policyGrpc: ["MUSTER_POLICY_GRPC", text],
    nodeKeyPublic: ["MUSTER_NODE_KEY_PUBLIC", bytes()],
    detailIntervalSeconds: ["MUSTER_DETAIL_INTERVAL_SECONDS", wholeNumber, 3600],
    historyDays: ["MUSTER_HISTORY_DAYS", wholeNumber, 400],
    maxCarveBytes: ["MUSTER_CARVE_MAX_BYTES", wholeNumber, 256 * 1024 * 1024],
  });
