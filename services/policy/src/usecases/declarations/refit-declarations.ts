import type { Work } from "@muster/postgres/service-database";
import { composeSet, type DeclarationSet } from "../../domain/declarations/compose-set.ts";
import { isDeclarative, type Target } from "../../domain/declarations/target.ts";
import {
  type ChannelScope,
  type NewDigest,
  saveChannels,
  saveSets,
  type WantedChannel,
  wantedChannels,
} from "../../storage/declarations/channels.ts";
import { type HeldDeclaration, listDeclarations } from "../../storage/declarations/declarations.ts";
import type { PolicyTables } from "../../storage/tables.ts";
import type { TellDeps } from "../tell-verdicts.ts";

/** How many channels get their new sets in one statement. */
const BATCH = 2_000;

/**
 * Gives each channel the set that it is to have, and tells of those that changed. Channels that are alike share one set, which
 * is composed once for all of them. The caller holds the locks.
 */
export async function refitDeclarations(work: Work<PolicyTables>, deps: TellDeps, scope: ChannelScope): Promise<void> {
  const channels = (await wantedChannels(work.sql, scope)).filter(isDeclarative);
  if (channels.length === 0) return;
  const held = await listDeclarations(work.sql, [...new Set(channels.map(({ tenant }) => tenant))]);
  for (const [tenant, own] of Map.groupBy(channels, (channel) => channel.tenant)) {
    const sets = setsFor(
      tenant,
      own,
      held.filter((each) => each.tenant === tenant && each.enabled),
    );
    const changed = own.flatMap((channel, index) => {
      const set = sets[index];
      return set === undefined || set.digest === channel.digest ? [] : [{ channel, set }];
    });
    const fresh = new Map(changed.map(({ set }) => [set.digest, set]));
    if (fresh.size > 0) await saveSets(work.sql, tenant, [...fresh.values()]);
    for (let from = 0; from < changed.length; from += BATCH)
      await change(work, deps, changed.slice(from, from + BATCH));
  }
}

/** The set of each channel, in the same order. */
function setsFor(
  tenant: string,
  channels: readonly WantedChannel[],
  declarations: readonly HeldDeclaration[],
): DeclarationSet[] {
  const known = new Map(declarations.map((declaration) => [declaration.identifier, declaration]));
  const byId = new Map(declarations.map((declaration) => [declaration.id, declaration]));
  const composed = new Map<string, DeclarationSet>();
  return channels.map(({ osVersion, personal, platform, roots, supervised, supported, userId }) => {
    const target: Target = {
      platform,
      osVersion,
      supervised,
      personal,
      user: userId !== "",
      supported: supported ?? undefined,
    };
    const key = JSON.stringify([target, roots]);
    const before = composed.get(key);
    if (before !== undefined) return before;
    const set = composeSet(
      roots.flatMap((id) => byId.get(id) ?? []),
      known,
      target,
      tenant,
    );
    composed.set(key, set);
    return set;
  });
}

interface Change {
  readonly channel: WantedChannel;
  readonly set: DeclarationSet;
}

async function change(work: Work<PolicyTables>, deps: TellDeps, changes: readonly Change[]): Promise<void> {
  const digests = changes.map(
    ({ channel: { deviceId, tenant, userId }, set: { digest } }): NewDigest => ({ tenant, deviceId, userId, digest }),
  );
  const versions = await saveChannels(work.sql, digests, deps.now());
  for (const [index, { channel, set }] of changes.entries()) {
    // A channel that never had anything is not woken to be told so.
    if (channel.digest === null && set.members.length === 0) continue;
    const { deviceId, generation, tenant, userId } = channel;
    work.emit({
      type: "muster.policy.v1.DesiredStateChanged",
      tenant,
      deviceId,
      actor: "policy",
      data: {
        deviceId,
        version: versions[index] ?? 0,
        profiles: [],
        declarationsDigest: set.digest,
        declarationsCommandId: deps.newId(),
        declarationsUserId: userId,
        readyToRelease: false,
        appleGeneration: generation,
      },
    });
  }
}
