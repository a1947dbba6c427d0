import type { Kind } from "./kind.ts";
import { LABEL } from "./kinds/inventory-kinds.ts";
import { POLICY } from "./kinds/policy-kinds.ts";

/** Everything that documents may describe, in the order in which it is made: what others refer to comes first. */
export const KINDS: readonly Kind[] = [LABEL, POLICY];

export const kindNamed = (name: string): Kind | undefined => KINDS.find(({ kind }) => kind === name);
