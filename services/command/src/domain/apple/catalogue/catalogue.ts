import { APPLICATIONS } from "./applications.ts";
import type { CommandFacts } from "./command-facts.ts";
import { DEVICE } from "./device.ts";
import { PROFILES } from "./profiles.ts";
import { SECURITY } from "./security.ts";

/** Apple's commands by RequestType. RequestUnlockToken is left out: no device has answered it since iOS 6. */
const CATALOGUE = { ...APPLICATIONS, ...DEVICE, ...PROFILES, ...SECURITY } as const;

export type RequestType = keyof typeof CATALOGUE;

const FACTS: ReadonlyMap<string, CommandFacts> = new Map(Object.entries(CATALOGUE));

/** What is known of a command; nothing when the catalogue does not have it. */
export const factsOf = (requestType: string): CommandFacts | undefined => FACTS.get(requestType);

export const REQUEST_TYPES: readonly string[] = [...FACTS.keys()].sort();
