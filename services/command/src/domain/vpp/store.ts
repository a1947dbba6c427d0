import type { EventFailure } from "./event-failures.ts";

export interface StoreAsset {
  readonly adamId: string;
  readonly pricingParam: string;
  readonly productType: string;
  readonly deviceAssignable: boolean;
  readonly revocable: boolean;
  readonly platforms: readonly string[];
  readonly totalCount: number;
  readonly assignedCount: number;
  readonly availableCount: number;
}

export interface AssetName {
  readonly adamId: string;
  readonly pricingParam: string;
}

export interface ClientConfig {
  readonly appleId: string;
  readonly location: string;
  /** Who says that it manages the location. */
  readonly manager: { readonly id: string; readonly name: string } | undefined;
  readonly expiresAt: Date | undefined;
}

export interface Assignees {
  readonly serialNumbers: readonly string[];
  readonly clientUserIds: readonly string[];
}

export type EventStatus =
  | { readonly kind: "pending" }
  | { readonly kind: "complete" }
  | { readonly kind: "failed"; readonly failures: readonly EventFailure[] };
