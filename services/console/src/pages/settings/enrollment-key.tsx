import { Badge } from "../../parts/badge.tsx";
import { enumWord } from "../../words/names.ts";

export const OWNERSHIPS = [
  ["OWNERSHIP_CORPORATE", "Are the organisation’s"],
  ["OWNERSHIP_PERSONAL", "Are people’s own"],
] as const;

export const Owner = ({ ownership }: { readonly ownership: string }) => (
  <span className="soft">{enumWord(ownership, "OWNERSHIP_")}</span>
);

interface Ends {
  readonly revokedAt?: string;
  readonly expiresAt?: string;
}

/** Says of what no longer lets anybody in that it does not. */
export function LiveBadge({ of: { revokedAt, expiresAt } }: { readonly of: Ends }) {
  if (revokedAt !== undefined) return <Badge>revoked</Badge>;
  return expiresAt !== undefined && Date.parse(expiresAt) < Date.now() ? <Badge tone="warn">expired</Badge> : null;
}
