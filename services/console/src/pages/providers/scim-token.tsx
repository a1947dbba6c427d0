import { api } from "../../api/client.ts";
import type { SignInProvider } from "../../api/types.ts";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";

/** Lets a provider keep its people and groups here by itself, or ends that. */
export const ScimToken = ({ provider: { id, name, scim } }: { readonly provider: SignInProvider }) => (
  <div className="row">
    <FormDialog
      title={scim ? "New SCIM token" : "SCIM token"}
      submitText="Make"
      submit={() => api.post("/api/v1/sign-in-providers/{id}/scim-token", { path: { id } })}
      outdates={["sign-in-providers"]}
      once={({ token, url }) => `${url}\n${token}`}
      primary={false}
    >
      <p className="soft">
        {name} keeps its people and groups here with it, and so gives each role that a group is mapped to.
        {scim && " The token before ends at once."}
      </p>
    </FormDialog>
    {scim && (
      <ConfirmButton
        verb="End SCIM"
        name={`of ${name}`}
        consequence="The provider no longer keeps its people here; who is here stays."
        act={() => api.delete("/api/v1/sign-in-providers/{id}/scim-token", { path: { id } })}
        outdates={["sign-in-providers"]}
      />
    )}
  </div>
);
