import { randomUUID } from "node:crypto";
import { PRIORITIES } from "../domain/apple/apple-work.ts";
import type { Command } from "../domain/command.ts";
import { newCommand } from "../domain/new-command.ts";

type Said = Partial<Parameters<typeof newCommand>[0]> & {
  readonly bodyId?: string | undefined;
  readonly supersedeKey?: string;
};

/** A command for an Apple device as it is when it was just asked, of which everything that is not said is made up. */
export function profileRemoval(tenant: string, { bodyId, supersedeKey = "", ...said }: Said = {}): Command {
  const createdAt = new Date();
  return newCommand({
    tenant,
    deviceId: randomUUID(),
    id: randomUUID(),
    type: "apple",
    script: undefined,
    apple: {
      requestType: "RemoveProfile",
      userId: "",
      epoch: 1,
      priority: PRIORITIES.configuration,
      supersedeKey,
      putOff: false,
      bodyId,
    },
    createdBy: "ada@example.com",
    reason: "",
    traceparent: "",
    createdAt,
    expiresAt: new Date(createdAt.getTime() + 60_000),
    ...said,
  });
}
