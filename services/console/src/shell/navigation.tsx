import { Link } from "@tanstack/react-router";
import { LogOut, Search } from "lucide-react";
import { Button } from "react-aria-components";
import { signedOut } from "../api/client.ts";
import { signOut } from "../api/sign-in.ts";
import { useLive } from "../live/live.tsx";
import { Mark } from "../parts/mark.tsx";
import { useCaller } from "../session/session.tsx";
import { MENU } from "./menu.ts";
import { ThemeButton } from "./theme-button.tsx";

export function Navigation({ onSearch }: { readonly onSearch: () => void }) {
  const caller = useCaller();
  return (
    <>
      <div className="brand">
        <Mark />
        <strong>Muster</strong>
        <LiveSign />
      </div>
      <Button className="button search-button" onPress={onSearch}>
        <Search size={14} aria-hidden="true" />
        <span>Search or go to…</span>
        <kbd>Ctrl K</kbd>
      </Button>
      <nav aria-label="Pages">
        {MENU.map(({ title, entries }) => {
          const allowed = entries.filter(({ action }) => caller.actions.includes(action));
          return (
            allowed.length > 0 && (
              <section key={title}>
                <h2>{title}</h2>
                <ul>
                  {allowed.map(({ to, text, icon: Icon }) => (
                    <li key={to}>
                      <Link className="nav-link" to={to} activeOptions={{ exact: to === "/", includeSearch: false }}>
                        <Icon size={16} aria-hidden="true" />
                        {text}
                      </Link>
                    </li>
                  ))}
                </ul>
              </section>
            )
          );
        })}
      </nav>
      <WhoIsHere />
    </>
  );
}

function LiveSign() {
  const { connected } = useLive();
  if (connected === undefined) return null;
  return (
    <span className={connected ? "live on" : "live"} role="status">
      {connected ? "Live" : "Waiting"}
    </span>
  );
}

function WhoIsHere() {
  const caller = useCaller();
  const leave = async () => {
    const answer = await signOut().catch(() => undefined);
    if (answer?.providerSignOutUrl !== undefined) return location.assign(answer.providerSignOutUrl);
    signedOut.dispatchEvent(new Event("signed-out"));
  };
  return (
    <div className="who">
      <div>
        <span className="who-name">{caller.actor.replace(/^\w+:/, "")}</span>
        <span className="faint small">
          {caller.role} · {caller.tenantId}
        </span>
      </div>
      <ThemeButton />
      <Button className="icon-button" aria-label="Sign out" onPress={() => void leave()}>
        <LogOut size={16} />
      </Button>
    </div>
  );
}
