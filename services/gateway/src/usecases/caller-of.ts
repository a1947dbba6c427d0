import type { Caller } from "@muster/rpc/caller";
import type { Principal } from "../domain/principal.ts";

/** In whose name other services are asked. A token acts under its own name, and for the user behind it. */
export const callerOf = ({ actor, id, ownerId, tenant }: Principal): Caller => {
  const person = ownerId || id;
  return { tenant, actor, ...(person !== "" && { person }) };
};
