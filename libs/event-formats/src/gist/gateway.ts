import type { GistsOf } from "./gist.ts";

export const gateway: GistsOf<"gateway"> = {
  "muster.gateway.v1.ActionTaken": ({ action, actor, allowed, code, remoteAddress, status }) => {
    const isKnown = status !== 0;
    const isSuccess = isKnown && status < 400;
    const did = !isKnown ? "began" : isSuccess ? "did" : allowed ? "failed at" : "was refused";
    return {
      message: `${actor === "" ? "somebody unknown" : actor} ${did} ${action}${code === "" ? "" : `: ${code}`}`,
      severity: allowed ? "informational" : "low",
      outcome: !isKnown ? "unknown" : isSuccess ? "success" : "failure",
      address: remoteAddress,
    };
  },
};
