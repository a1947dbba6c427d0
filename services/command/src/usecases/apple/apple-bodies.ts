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
  // What many devices were asked at once is one body: it is read, and opened, once.
  const keys = new Map(
    commands.flatMap(({ apple, tenant }) =>
      apple?.bodyId === undefined ? [] : [[`${tenant}/${apple.bodyId}`, { tenant, id: apple.bodyId }] as const],
    ),
  );
  const sealed = await findAppleBodies(work.sql, [...keys.values()]);
  const opened = new Map(
    sealed.map(({ id, sealed: bytes, tenant }) => [`${tenant}/${id}`, openBody(tenant, id, bytes)]),
  );
  return new Map(
    commands.map(({ apple, id, tenant }) => [id, opened.get(`${tenant}/${apple?.bodyId}`) ?? { parameters: {} }]),
  );
}
