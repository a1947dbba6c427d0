import type { Command } from "./command.ts";

/** Who asks for the profiles and declarations that a device is to have. The gateway lets no person be called that. */
export const POLICY = "policy";

const REQUEST_TYPES: ReadonlySet<string> = new Set(["InstallProfile", "RemoveProfile"]);

/** Whether a command changes the profiles of a device as policies want them, so that policy waits for its end. */
export const isProfileChange = ({ apple, createdBy }: Pick<Command, "apple" | "createdBy">): boolean =>
  createdBy === POLICY && apple !== undefined && REQUEST_TYPES.has(apple.requestType);
