import type { Schema } from "@muster/api-client/call";
import { api } from "../../api/client.ts";
import type { SignInProvider } from "../../api/types.ts";
import type { Fields } from "../../editing/changed-meanwhile.tsx";
import { EditDialog } from "../../editing/edit-dialog.tsx";
import { stillThere } from "../../editing/revision.ts";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { KEEPS_SECRET, SecretField } from "../../parts/secret-field.tsx";
import { readGroupRoles, writeGroupRoles } from "./group-roles.ts";

/** A secret is only ever written here, never shown. */
type Draft = Pick<SignInProvider, "name" | "issuer" | "clientId" | "clientSecret" | "groupsClaim"> & {
  /** As they are written, one a line. */
  readonly roles: string;
};

const BLANK: Draft = { name: "", issuer: "", clientId: "", clientSecret: "", groupsClaim: "", roles: "" };

const FIELDS: Fields<Draft> = {
  name: { label: "Name" },
  issuer: { label: "Issuer" },
  clientId: { label: "Client id" },
  clientSecret: { label: "Client secret" },
  groupsClaim: { label: "Claim with the groups" },
  roles: { label: "Roles of groups" },
};

const draftOf = ({ name, issuer, clientId, groupsClaim, rolesOfGroups }: SignInProvider): Draft => ({
  name,
  issuer,
  clientId,
  clientSecret: "",
  groupsClaim,
  roles: writeGroupRoles(rolesOfGroups),
});

const inputOf = ({ roles, ...said }: Draft, seen?: SignInProvider): Schema<"gateway.SignInProviderInput"> => ({
  ...said,
  scopes: seen?.scopes ?? [],
  rolesOfGroups: readGroupRoles(roles),
});

export function NewProvider() {
  return (
    <FormDialog
      title="New provider"
      submitText="Add"
      begin={BLANK}
      submit={(draft) => api.post("/api/v1/sign-in-providers", { body: inputOf(draft) })}
      outdates={["sign-in-providers"]}
      wide
    >
      {(draft, set) => <ProviderFields draft={draft} set={set} />}
    </FormDialog>
  );
}

export const ChangeProvider = ({ provider }: { readonly provider: SignInProvider }) => (
  <EditDialog
    title={`Change ${provider.name}`}
    opener="Change"
    submitText="Change"
    small
    thing={provider}
    draftOf={draftOf}
    fields={FIELDS}
    save={(draft, seen, ifMatch) =>
      api.put("/api/v1/sign-in-providers/{id}", { path: { id: seen.id }, body: inputOf(draft, seen), ifMatch })
    }
    load={async () =>
      stillThere((await api.get("/api/v1/sign-in-providers")).signInProviders, ({ id }) => id === provider.id)
    }
    outdates={["sign-in-providers"]}
  >
    {(draft, set) => <ProviderFields draft={draft} set={set} kept={provider} />}
  </EditDialog>
);

interface ProviderFieldsProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
  /** The one that is changed, whose issuer stays. */
  readonly kept?: SignInProvider;
}

const ProviderFields = ({ draft, set, kept }: ProviderFieldsProps) => (
  <>
    <TextLine label="Name" value={draft.name} onChange={(name) => set({ name })} isRequired autoFocus />
    {kept === undefined && (
      <TextLine
        label="Issuer"
        type="url"
        value={draft.issuer}
        onChange={(issuer) => set({ issuer })}
        help="One of those that this platform asks; it stays as it is."
        isRequired
      />
    )}
    <TextLine label="Client id" value={draft.clientId} onChange={(clientId) => set({ clientId })} isRequired />
    <SecretField
      label="Client secret"
      value={draft.clientSecret}
      onChange={(clientSecret) => set({ clientSecret })}
      help={kept?.confidential ? KEEPS_SECRET : "Empty for a public client."}
    />
    <TextLine
      label="Claim with the groups"
      value={draft.groupsClaim}
      onChange={(groupsClaim) => set({ groupsClaim })}
      help="Empty means groups."
    />
    <TextLine
      label="Roles of groups"
      value={draft.roles}
      onChange={(roles) => set({ roles })}
      rows={5}
      code
      help="One a line, as group = role. The first that fits counts; who is in none does not get in."
    />
  </>
);
