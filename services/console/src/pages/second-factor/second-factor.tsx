import type { Problem } from "@muster/api-client/problem";
import { useState } from "react";
import { Form } from "react-aria-components";
import { api } from "../../api/client.ts";
import { useApi, useChange } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { CopyLine } from "../../parts/copy.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { Ago } from "../../parts/time.tsx";
import { WaitingButton } from "../../parts/waiting-button.tsx";
import { QrCode } from "./qr-code.tsx";

const FACTOR = "me/second-factor";

/** The code of an authenticator app that signing in asks for beside the password. */
export function SecondFactor() {
  const factor = useApi("/api/v1/me/second-factor");
  const begin = useChange((password: string) => api.post("/api/v1/me/second-factor", { body: { password } }));
  return (
    <Page
      title="Second factor"
      about="With an authenticator app, your password alone lets nobody in."
      actions={factor.data?.since !== undefined && <RemoveFactor />}
    >
      {begin.data === undefined ? (
        <Answered of={factor}>
          {({ keptByProvider, recoveryCodesLeft, since }) => (
            <Panel title={since === undefined ? "Set up an authenticator app" : "Authenticator app"}>
              {keptByProvider && <p>You sign in by a provider, which asks for a second factor if anybody does.</p>}
              {since !== undefined && (
                <dl className="pairs">
                  <dt>Asked for since</dt>
                  <dd>
                    <Ago time={since} />
                  </dd>
                  <dt>Recovery codes left</dt>
                  <dd>{recoveryCodesLeft}</dd>
                </dl>
              )}
              {!keptByProvider && since === undefined && <Begin begin={begin} />}
            </Panel>
          )}
        </Answered>
      ) : (
        <Panel title="Set up an authenticator app">
          <Confirm {...begin.data} />
        </Panel>
      )}
    </Page>
  );
}

interface BeginProps {
  readonly begin: {
    readonly mutate: (password: string) => void;
    readonly isPending: boolean;
    readonly error: Problem | null;
  };
}

function Begin({ begin: { error, isPending, mutate } }: BeginProps) {
  const [password, setPassword] = useState("");
  return (
    <Form
      onSubmit={(event) => {
        event.preventDefault();
        mutate(password);
      }}
    >
      <TextLine
        label="Your password"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        isRequired
      />
      {error !== null && <ProblemNote problem={error} />}
      <WaitingButton className="button primary" type="submit" isWaiting={isPending}>
        Begin
      </WaitingButton>
    </Form>
  );
}

function Confirm({ secret, uri }: { readonly secret: string; readonly uri: string }) {
  const [code, setCode] = useState("");
  const confirm = useChange(() => api.post("/api/v1/me/second-factor/confirm", { body: { code } }), FACTOR, "users");
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
    outdates={[FACTOR, "users"]}
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
