import type { Method } from "./claim.ts";
import type { Device } from "./device.ts";
import type { Difference } from "./identity-decision.ts";

/** What happened in the registry. */
export type RegistryEvent =
  | { readonly kind: "enrolled"; readonly device: Device; readonly reEnrolled: boolean }
  | { readonly kind: "unenrolled"; readonly device: Device; readonly reason: string }
  | { readonly kind: "renewed"; readonly device: Device }
  | {
      readonly kind: "conflict";
      readonly device: Device;
      readonly holderId: string;
      readonly differences: readonly Difference[];
    }
  | { readonly kind: "refused"; readonly tenant: string; readonly refusal: RefusedEnrollment };

export interface RefusedEnrollment {
  readonly method: Method;
  readonly code: string;
  readonly remoteAddress: string;
  readonly hostname: string;
  readonly at: Date;
}
