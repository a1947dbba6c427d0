import type { Destination } from "../destinations/destination.ts";
import type { DestinationRegistry } from "../destinations/registry.ts";
import type { Network } from "../domain/address-policy.ts";
import { joinSecrets } from "../domain/sinks/secret-fields.ts";
import type { HeldSink } from "../storage/sinks.ts";
import type { SinkSecrets } from "./ports.ts";

export interface OpenSinkDeps {
  readonly kinds: DestinationRegistry;
  readonly vault: Pick<SinkSecrets, "openFields">;
  readonly allowed: readonly Network[];
}

/** Opens a sink's other side with its secrets; throws when that cannot be. */
export const sinkOpener =
  ({ kinds, vault, allowed }: OpenSinkDeps) =>
  ({ tenant, id, format, destination }: HeldSink): Destination => {
    const secrets = vault.openFields(tenant, id, destination.sealed);
    return kinds(destination.kind).open(joinSecrets(destination.open, secrets), { tenant, sink: id, format, allowed });
  };
