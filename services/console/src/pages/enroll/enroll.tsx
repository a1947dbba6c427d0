import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { consoleSettings } from "../../api/sign-in.ts";
import { useChange } from "../../api/use-api.ts";
import { CopyLine } from "../../parts/copy.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Page, Panel } from "../../parts/page.tsx";
import { toast, toastProblem } from "../../parts/toasts.tsx";
import { WaitingButton } from "../../parts/waiting-button.tsx";
import { useMay } from "../../session/session.tsx";
import { agentRecipe, osqueryRecipe } from "./recipes.ts";

export function Enroll() {
  const settings = useQuery({
    queryKey: ["console-settings"],
    queryFn: consoleSettings,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const deviceUrl = settings.data?.deviceUrl;
  return (
    <Page title="Enroll" about="How a device comes under management. Each command is ready to be pasted there.">
      {deviceUrl === undefined ? (
        <Loading />
      ) : (
        <div className="two">
          <Recipe
            title="osquery"
            about="Any stock osqueryd works. server.pem is the authority behind the device address; without the file the system’s own are trusted."
            button="Make an enroll secret"
            blank="<enroll secret>"
            make={async () => (await api.post("/api/v1/enroll-secrets", { body: NAMED })).secret}
            text={(secret) => osqueryRecipe(deviceUrl, secret)}
          />
          <Recipe
            title="Muster’s agent for Linux"
            about="A token lets one machine enroll within a day; the agent then holds a certificate of its own."
            button="Make a token"
            blank="<token>"
            make={async () => (await api.post("/api/v1/enrollment-tokens", { body: NAMED })).token}
            text={(token) => agentRecipe(deviceUrl, token)}
          />
        </div>
      )}
    </Page>
  );
}

const NAMED = { name: "made in the console" };

interface RecipeProps {
  readonly title: string;
  readonly about: string;
  readonly button: string;
  readonly blank: string;
  readonly make: () => Promise<string>;
  readonly text: (secret: string) => string;
}

/** What to paste, with a button that makes the secret in it; it is shown this once. */
function Recipe({ title, about, button, blank, make, text }: RecipeProps) {
  const may = useMay("enrollment.secrets");
  const [secret, setSecret] = useState(blank);
  const making = useChange(make);
  const press = () =>
    making.mutate(undefined, {
      onSuccess: (made) => {
        setSecret(made);
        toast("It is shown this once: copy it now.");
      },
      onError: toastProblem,
    });
  return (
    <Panel title={title}>
      <div className="stack">
        <p className="soft">{about}</p>
        <CopyLine text={text(secret)} />
        {may && (
          <div>
            <WaitingButton className="button primary" isWaiting={making.isPending} onPress={press}>
              {button}
            </WaitingButton>
          </div>
        )}
      </div>
    </Panel>
  );
}
