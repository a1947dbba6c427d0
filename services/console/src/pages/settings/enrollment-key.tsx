import { api } from "../../api/client.ts";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { ChoiceField } from "../../parts/fields.tsx";
import { enumWord } from "../../words/names.ts";

const OWNERSHIPS = [
  ["OWNERSHIP_CORPORATE", "Are the organisation’s"],
  ["OWNERSHIP_PERSONAL", "Are people’s own"],
] as const;

type Ownership = (typeof OWNERSHIPS)[number][0];

/** What the form of a new secret or token begins with. */
export const NEW_KEY: { readonly name: string; readonly ownership: Ownership } = {
  name: "",
  ownership: "OWNERSHIP_CORPORATE",
};

interface OwnershipFieldProps {
  readonly value: Ownership;
  readonly onChange: (value: Ownership) => void;
}

export const OwnershipField = (props: OwnershipFieldProps) => (
  <ChoiceField label="Devices that enroll with it" {...props} choices={OWNERSHIPS} />
);

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

interface Revocable extends Ends {
  readonly id: string;
  readonly name: string;
}

/** The button that revokes one of a kind, on each that is not revoked yet. */
export const revokeOf =
  (kind: "enroll-secrets" | "enrollment-tokens") =>
  ({ id, name, revokedAt }: Revocable) =>
    revokedAt === undefined && (
      <ConfirmButton
        small
        verb="Revoke"
        name={name}
        consequence="Nothing enrolls with it any more; devices that did stay enrolled."
        act={() => api.delete(`/api/v1/${kind}/{id}`, { path: { id } })}
        outdates={[kind]}
      />
    );
