import type { Kind } from "../../domain/desired-state/kind.ts";
import { kindNamed } from "../../domain/desired-state/kinds.ts";
import { Live } from "../../domain/desired-state/live.ts";
import { mayDo, type Principal } from "../../domain/principal.ts";
import { refuse } from "../../domain/refusals.ts";
import type { Act, ResourceKeepers } from "./ports.ts";

/** Reads all things of these kinds and of those that they refer to. Refused when the caller may not read one of them. */
export async function readLive(keepers: ResourceKeepers, names: Iterable<string>, principal: Principal): Promise<Live> {
  const kinds = new Set<Kind>();
  for (const name of names) {
    const kind = kindNamed(name);
    if (kind === undefined) continue;
    kinds.add(kind);
    for (const reference of kind.references ?? []) {
      const other = kindNamed(reference.kind);
      if (other !== undefined) kinds.add(other);
    }
  }
  for (const kind of kinds) requireRight(keepers, kind, "list", principal);
  const live = new Live();
  await Promise.all([...kinds].map(async (kind) => live.add(kind, await keepers.list(kind, principal))));
  return live;
}

/** Documents give nobody a right: who may not make a sink cannot make one through them. */
export function requireRight(keepers: ResourceKeepers, kind: Kind, act: Act, principal: Principal): void {
  const right = keepers.rightFor(kind, act);
  if (!mayDo(principal, right))
    throw refuse(
      "api.forbidden",
      `the role ${principal.role} may not ${act} things of the kind ${kind.kind}; it needs the right ${right}`,
    );
}
