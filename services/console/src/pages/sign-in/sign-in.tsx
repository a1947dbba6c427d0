import { Problem } from "@muster/api-client/problem";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Form, Input, Label, TextField } from "react-aria-components";
import { providersOf, signIn } from "../../api/sign-in.ts";
import type { Caller } from "../../api/types.ts";
import { useChange } from "../../api/use-api.ts";
import { Mark } from "../../parts/mark.tsx";
import { WaitingButton } from "../../parts/waiting-button.tsx";
import { capital } from "../../words/names.ts";
import { beginAddress, refusedBecause } from "./refused.ts";
import "./sign-in.css";

export function SignIn({ onSignedIn }: { readonly onSignedIn: (caller: Caller) => void }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const signingIn = useChange(signIn);
  const tenant = new URLSearchParams(location.search).get("tenant") ?? "";
  const offered = useQuery({ queryKey: ["sign-in/providers", tenant], queryFn: () => providersOf(tenant) });
  const wantsCode = signingIn.error instanceof Problem && signingIn.error.code === "identity.second_factor_needed";
  const reason = signingIn.isError ? capital(signingIn.error.message) : refusedBecause(location.search);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    signingIn.mutate({ email, password, code }, { onSuccess: onSignedIn });
  };
  return (
    <main className="sign-in">
      <Form className="sign-in-card" onSubmit={submit}>
        <Mark size={36} />
        <h1>Sign in to Muster</h1>
        <TextField className="field" type="email" autoComplete="username" isRequired value={email} onChange={setEmail}>
          <Label>Email</Label>
          <Input className="input" />
        </TextField>
        <TextField
          className="field"
          type="password"
          autoComplete="current-password"
          isRequired
          value={password}
          onChange={setPassword}
        >
          <Label>Password</Label>
          <Input className="input" />
        </TextField>
        {(wantsCode || code !== "") && (
          <TextField
            className="field"
            autoComplete="one-time-code"
            isRequired
            autoFocus
            value={code}
            onChange={setCode}
          >
            <Label>Code of your authenticator app, or a recovery code</Label>
            <Input className="input" />
          </TextField>
        )}
        {reason !== undefined && !wantsCode && (
          <p className="note bad" role="alert">
            {reason}
          </p>
        )}
        <WaitingButton className="button primary wide" type="submit" isWaiting={signingIn.isPending}>
          Sign in
        </WaitingButton>
        {offered.data?.providers.map(({ id, name }) => (
          <a key={id} className="button wide" href={beginAddress(id, location)}>
            Sign in with {name}
          </a>
        ))}
        <p className="faint small">
          <code>npm start</code> prints the first administrator’s address and password.
        </p>
      </Form>
    </main>
  );
}
