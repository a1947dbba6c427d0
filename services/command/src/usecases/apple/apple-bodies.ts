import type { AppleBody } from "../../domain/apple/apple-body.ts";
import type { Command } from "../../domain/command.ts";
import { findAppleBodies } from "../../storage/apple-commands.ts";
import type { CommandWork } from "../ports.ts";

export type OpenBody = (tenant: string, bodyId: string, sealed: Buffer) => AppleBody;

/** What these commands carry, opened, by the id of the command. */
export async function bodiesOf(
  work: CommandWork,
  commands: readonly Command[],
  openBody: OpenBody,
): Promise<Map<string, AppleBody>> {
  const keys = commands.flatMap(({ apple, tenant }) =>
    apple?.bodyId === undefined ? [] : [{ tenant, id: apple.bodyId }],
  );
  const sealed = await findAppleBodies(work.sql, keys);
  return new Map(
    commands.map(({ apple, id, tenant }) => {
      const found = sealed.get(apple?.bodyId ?? "");
      return [id, found === undefined ? { parameters: {} } : openBody(tenant, apple?.bodyId ?? "", found)];
    }),
  );
}
