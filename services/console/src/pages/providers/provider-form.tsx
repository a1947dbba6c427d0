import { useState } from "react";
import { api } from "../../api/client.ts";
import type { SignInProvider } from "../../api/types.ts";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { readGroupRoles, writeGroupRoles } from "./group-roles.ts";

/** Adds a provider, or changes the one that is given; a secret is only ever written here, never shown. */
export function ProviderForm({ provider }: { readonly provider?: SignInProvider }) {
  const [said, setSaid] = useState({
    name: provider?.name ?? "",
    issuer: provider?.issuer ?? "",
    clientId: provider?.clientId ?? "",
    clientSecret: "",
    groupsClaim: provider?.groupsClaim ?? "",
    roles: writeGroupRoles(provider?.rolesOfGroups ?? []),
  });
  const set = (change: Partial<typeof said>) => setSaid({ ...said, ...change });
  const submit = () => {
    const { roles, ...rest } = said;
    const body = { ...rest, scopes: provider?.scopes ?? [], rolesOfGroups: readGroupRoles(roles) };
    return provider === undefined
      ? api.post("/api/v1/sign-in-providers", { body })
      : api.put("/api/v1/sign-in-providers/{id}", { path: { id: provider.id }, body });
  };
  return (
    <FormDialog
      title={provider === undefined ? "New provider" : `Change ${provider.name}`}
      opener={provider === undefined ? "New provider" : "Change"}
      submitText={provider === undefined ? "Add" : "Change"}
      submit={submit}
      outdates={["sign-in-providers"]}
      primary={provider === undefined}
      wide
    >
      <TextLine label="Name" value={said.name} onChange={(name) => set({ name })} isRequired autoFocus />
      {provider === undefined && (
        <TextLine
          label="Issuer"
          type="url"
          value={said.issuer}
          onChange={(issuer) => set({ issuer })}
          help="One of those that this platform asks; it stays as it is."
          isRequired
        />
      )}
      <TextLine label="Client id" value={said.clientId} onChange={(clientId) => set({ clientId })} isRequired />
      <TextLine
        label="Client secret"
        type="password"
        autoComplete="off"
        value={said.clientSecret}
        onChange={(clientSecret) => set({ clientSecret })}
        help={provider?.confidential ? "Empty keeps the one that is kept." : "Empty for a public client."}
      />
      <TextLine
        label="Claim with the groups"
        value={said.groupsClaim}
        onChange={(groupsClaim) => set({ groupsClaim })}
        help="Empty means groups."
      />
      <TextLine
        label="Roles of groups"
        value={said.roles}
        onChange={(roles) => set({ roles })}
        rows={5}
        code
        help="One a line, as group = role. The first that fits counts; who is in none does not get in."
      />
    </FormDialog>
  );
}
