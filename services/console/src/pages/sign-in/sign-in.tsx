import { type FormEvent, useState } from "react";
import { Button, Form, Input, Label, TextField } from "react-aria-components";
import { Problem, send } from "../../api/client.ts";
import type { Caller } from "../../api/types.ts";
import { useApi, useChange } from "../../api/use-api.ts";
import { Mark } from "../../parts/mark.tsx";
import { capital } from "../../words/names.ts";
import { beginAddress, refusedBecause } from "./refused.ts";
import "./sign-in.css";

interface Provider {
  readonly id: string;
  readonly name: string;
}

export function SignIn({ onSignedIn }: { readonly onSignedIn: (caller: Caller) => void }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const signIn = useChange((credentials: object) => send<Caller>("POST", "sign-in", credentials));
  const tenant = new URLSearchParams(location.search).get("tenant") ?? "";
  const offered = useApi<{ providers: readonly Provider[] }>("sign-in/providers", { tenant });
  const wantsCode = signIn.error instanceof Problem && signIn.error.code === "identity.second_factor_needed";
  const reason = signIn.isError ? capital(signIn.error.message) : refusedBecause(location.search);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    signIn.mutate({ email, password, code }, { onSuccess: onSignedIn });
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
        <Button className="button primary wide" type="submit" isDisabled={signIn.isPending}>
          Sign in
        </Button>
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
