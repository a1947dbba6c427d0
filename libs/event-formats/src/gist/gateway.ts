import type { GistsOf } from "./gist.ts";

export const gateway: GistsOf<"gateway"> = {
  "muster.gateway.v1.ActionTaken": ({ action, actor, allowed, code, remoteAddress, status }) => {
    const isSuccess = status < 400;
    return {
      message: `${actor} ${isSuccess ? "did" : allowed ? "failed at" : "was refused"} ${action}${code === "" ? "" : `: ${code}`}`,
      severity: allowed ? "informational" : "low",
      outcome: isSuccess ? "success" : "failure",
      address: remoteAddress,
    };
  },
};
