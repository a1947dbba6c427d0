import { AT, nobodys, type SamplesOf } from "./sample.ts";

export const GATEWAY_SAMPLES: SamplesOf<"gateway"> = {
  "muster.gateway.v1.ActionTaken": nobodys(
    {
      action: "command.write",
      method: "muster.command.v1.CommandService/EnqueueCommands",
      actor: "vera@acme.example",
      role: "viewer",
      status: 403,
      code: "identity.forbidden",
      path: "/api/v1/commands",
      remoteAddress: "2001:db8::17",
      idempotencyKey: "try-1",
      takenAt: AT,
      credentialKind: "session",
      credentialId: "5f2b7c01d9e84a36",
      userAgent: "Mozilla/5.0",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      requestId: "request-1",
      resourceId: "script-1",
      resourceName: "Restart the printer",
      before: { name: "Restart the printer" },
      after: { name: "Restart a printer" },
      alsoRefused: 3,
    },
    "vera@acme.example",
  ),
};
