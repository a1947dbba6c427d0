import { useState } from "react";
import { Form } from "react-aria-components";
import { api } from "../../api/client.ts";
import { useChange } from "../../api/use-api.ts";
import { CopyLine } from "../../parts/copy.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { WaitingButton } from "../../parts/waiting-button.tsx";
import { QrCode } from "./qr-code.tsx";

/** The code of an authenticator app that signing in asks for beside the password. */
export function SecondFactor() {
  const [password, setPassword] = useState("");
  const begin = useChange(() => api.post("/api/v1/me/second-factor", { body: { password } }));
  return (
    <Page
      title="Second factor"
      about="With an authenticator app, your password alone lets nobody in."
      actions={<RemoveFactor />}
    >
      <Panel title="Set up an authenticator app">
        {begin.data === undefined ? (
          <Form
            onSubmit={(event) => {
              event.preventDefault();
              begin.mutate(undefined);
            }}
          >
            <TextLine
              label="Your password"
              type="password"
              autoComplete="current-password"
              value={password}
              onChange={setPassword}
              help="Who signs in by a provider has the second factor there."
              isRequired
            />
            {begin.isError && <ProblemNote problem={begin.error} />}
            <WaitingButton className="button primary" type="submit" isWaiting={begin.isPending}>
              Begin
            </WaitingButton>
          </Form>
        ) : (
          <Confirm {...begin.data} />
        )}
      </Panel>
    </Page>
  );
}

function Confirm({ secret, uri }: { readonly secret: string; readonly uri: string }) {
  const [code, setCode] = useState("");
  const confirm = useChange(() => api.post("/api/v1/me/second-factor/confirm", { body: { code } }), "users");
  if (confirm.data !== undefined)
    return (
      <div className="stack">
        <p className="note warn">
          Signing in asks for a code from now on. Each of these is good for one sign-in without the app; they are shown
          this once.
        </p>
        <CopyLine text={confirm.data.recoveryCodes.join("\n")} />
      </div>
    );
  return (
    <Form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate(undefined);
      }}
    >
      <p className="soft">Scan this with the app, or type the secret, and enter the six digits that it shows then.</p>
      <QrCode text={uri} label="The secret as a QR code" />
      <CopyLine text={secret} />
      <TextLine label="Code" value={code} onChange={setCode} autoComplete="one-time-code" isRequired autoFocus />
      {confirm.isError && <ProblemNote problem={confirm.error} />}
      <WaitingButton className="button primary" type="submit" isWaiting={confirm.isPending}>
        Confirm
      </WaitingButton>
    </Form>
  );
}

const RemoveFactor = () => (
  <FormDialog
    title="Remove"
    submitText="Remove"
    begin={{ code: "" }}
    submit={(body) => api.post("/api/v1/me/second-factor/remove", { body })}
    outdates={["users"]}
    primary={false}
  >
    {({ code }, set) => (
      <>
        <p className="soft">Signing in asks for your password alone afterwards.</p>
        <TextLine
          label="Code"
          value={code}
          onChange={(text) => set({ code: text })}
          help="Of the app, or a recovery code."
          autoComplete="one-time-code"
          isRequired
          autoFocus
        />
      </>
    )}
  </FormDialog>
);
