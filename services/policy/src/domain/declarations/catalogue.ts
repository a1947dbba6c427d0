import { ACCOUNTS } from "./catalogue/accounts.ts";
import { ASSETS } from "./catalogue/assets.ts";
import { CONFIGURATIONS } from "./catalogue/configurations.ts";
import { MANAGEMENT } from "./catalogue/management.ts";
import { SETTINGS } from "./catalogue/settings.ts";
import type { PayloadKeys } from "./payload-key.ts";

/** The platforms of Apple's documentation, which counts the iPad's system as iOS. */
export type ApplePlatform = "ios" | "macos" | "tvos" | "visionos" | "watchos";

/** What a Type asks of a device, and what its payload holds. */
export interface DeclarationFacts {
  /** From which version on each platform takes it; a platform that is not named does not. */
  readonly since: Partial<Readonly<Record<ApplePlatform, string>>>;
  /** Only supervised devices take it. */
  readonly supervised?: true;
  /** A Mac's user channel takes it too. */
  readonly users?: true;
  /** Unset: any. */
  readonly keys?: PayloadKeys;
}

const TYPES: Readonly<Record<string, DeclarationFacts>> = {
  ...ACCOUNTS,
  ...ASSETS,
  ...CONFIGURATIONS,
  ...MANAGEMENT,
  ...SETTINGS,
};

/** Nothing for a Type that is not written down here: Apple has newer ones. */
export const factsOf = (type: string): DeclarationFacts | undefined =>
  Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
