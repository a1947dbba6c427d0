import type { Schema } from "@muster/api-client/call";
import { api } from "../../api/client.ts";
import type { Fields } from "../../editing/changed-meanwhile.tsx";
import { EditDialog } from "../../editing/edit-dialog.tsx";
import { stillThere } from "../../editing/revision.ts";
import { SwitchLine } from "../../parts/choices.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { KEEPS_SECRET, SecretField } from "../../parts/secret-field.tsx";

/** How people sign in whose managed account leads an Apple device here. */
export type AccountSignIn = Schema<"enrollment.AccountSignIn">;

/** A secret is only ever written here, never shown. */
type Draft = Pick<
  AccountSignIn,
  "name" | "issuer" | "clientId" | "clientSecret" | "allowsPersonal" | "allowsCorporate"
> & {
  /** As they are written: with spaces or commas between. */
  readonly domains: string;
  readonly days: string;
};

const BLANK: Draft = {
  name: "",
  issuer: "",
  clientId: "",
  clientSecret: "",
  domains: "",
  allowsPersonal: true,
  allowsCorporate: false,
  days: "90",
};

const FIELDS: Fields<Draft> = {
  name: { label: "Name" },
  issuer: { label: "Issuer" },
  clientId: { label: "Client id" },
  clientSecret: { label: "Client secret" },
  domains: { label: "Mail domains" },
  allowsPersonal: { label: "People’s own devices" },
  allowsCorporate: { label: "The organisation’s devices" },
  days: { label: "Sign in anew after so many days" },
};

const draftOf = ({ domains, signInDays, ...signIn }: AccountSignIn): Draft => {
  const { name, issuer, clientId, allowsPersonal, allowsCorporate } = signIn;
  return {
    name,
    issuer,
    clientId,
    clientSecret: "",
    domains: domains.join(", "),
    allowsPersonal,
    allowsCorporate,
    days: String(signInDays),
  };
};

const inputOf = (
  { domains, days, ...draft }: Draft,
  seen?: AccountSignIn,
): Schema<"enrollment.AccountSignInInput"> => ({
  ...draft,
  domains: domains.split(/[\s,]+/).filter((domain) => domain !== ""),
  signInDays: Number(days),
  minimums: seen?.minimums ?? [],
});

const PLACE = "account-sign-ins";

export function NewAccountSignIn() {
  return (
    <FormDialog
      title="New account sign-in"
      submitText="Create"
      begin={BLANK}
      submit={(draft) => api.post("/api/v1/account-sign-ins", { body: inputOf(draft) })}
      outdates={[PLACE]}
      wide
    >
      {(draft, set) => <SignInFields draft={draft} set={set} />}
    </FormDialog>
  );
}

/** The oldest systems that may enroll, which the form does not show, stay. */
export const EditAccountSignIn = ({ signIn }: { readonly signIn: AccountSignIn }) => (
  <EditDialog
    title={`Edit ${signIn.name}`}
    opener="Edit"
    submitText="Save"
    small
    thing={signIn}
    draftOf={draftOf}
    fields={FIELDS}
    save={(draft, seen, ifMatch) =>
      api.put("/api/v1/account-sign-ins/{id}", { path: { id: seen.id }, body: inputOf(draft, seen), ifMatch })
    }
    load={async () =>
      stillThere((await api.get("/api/v1/account-sign-ins")).accountSignIns, ({ id }) => id === signIn.id)
    }
    outdates={[PLACE]}
  >
    {(draft, set) => <SignInFields draft={draft} set={set} kept={signIn} />}
  </EditDialog>
);

interface SignInFieldsProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
  readonly kept?: AccountSignIn;
}

function SignInFields({ draft, set, kept }: SignInFieldsProps) {
  // What one provider shares with us is not told to another.
  const isMoved = kept !== undefined && kept.confidential && draft.issuer !== kept.issuer;
  return (
    <>
      <TextLine label="Name" value={draft.name} onChange={(name) => set({ name })} isRequired autoFocus />
      <TextLine
        label="Mail domains"
        value={draft.domains}
        onChange={(domains) => set({ domains })}
        help="Of the managed accounts, such as example.org; several with spaces between."
        isRequired
      />
      <TextLine
        label="Issuer"
        type="url"
        value={draft.issuer}
        onChange={(issuer) => set({ issuer })}
        help="One of those that this platform asks."
        isRequired
      />
      <TextLine label="Client id" value={draft.clientId} onChange={(clientId) => set({ clientId })} isRequired />
      <SecretField
        label="Client secret"
        value={draft.clientSecret}
        onChange={(clientSecret) => set({ clientSecret })}
        help={
          isMoved
            ? "The issuer is another one: write its secret."
            : kept?.confidential
              ? KEEPS_SECRET
              : "Empty for a public client."
        }
        isRequired={isMoved}
      />
      <SwitchLine
        text="People may enroll their own devices"
        value={draft.allowsPersonal}
        onChange={(allowsPersonal) => set({ allowsPersonal })}
      />
      <SwitchLine
        text="The organisation’s devices may enroll"
        value={draft.allowsCorporate}
        onChange={(allowsCorporate) => set({ allowsCorporate })}
      />
      <TextLine
        label="Sign in anew after so many days"
        type="number"
        value={draft.days}
        onChange={(days) => set({ days })}
        isRequired
      />
    </>
  );
}
