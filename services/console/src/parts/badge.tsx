import type { ReactNode } from "react";

export type Tone = "ok" | "bad" | "warn" | "info" | "plain";

export const Badge = ({ tone = "plain", children }: { readonly tone?: Tone; readonly children: ReactNode }) => (
  <span className={`badge ${tone}`}>{children}</span>
);

/** A dot with its word: colour alone tells nobody anything. */
export const Presence = ({ online }: { readonly online: boolean }) => (
  <span className={online ? "presence ok" : "presence"}>{online ? "Online" : "Offline"}</span>
);
