import { Problem } from "@muster/api-client/problem";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { api, signedOut } from "../api/client.ts";
import { SignIn } from "../pages/sign-in/sign-in.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { SessionProvider } from "./session.tsx";

const CALLER = ["me"];

/** Shows what is inside to those who are signed in, and the others how to sign in, at the same address. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const queries = useQueryClient();
  const caller = useQuery({
    queryKey: CALLER,
    queryFn: async ({ signal }) => {
      try {
        return await api.get("/api/v1/me", { signal });
      } catch (error) {
        if (error instanceof Problem && error.status === 401) return null;
        throw error;
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

  useEffect(() => {
    const leave = () => {
      queries.setQueryData(CALLER, null);
      // What one person saw is not the next one's to see.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== CALLER[0] });
    };
    signedOut.addEventListener("signed-out", leave);
    return () => signedOut.removeEventListener("signed-out", leave);
  }, [queries]);

  if (caller.isPending) return <main className="splash" aria-busy="true" aria-label="Loading" />;
  if (caller.isError) {
    return (
      <main className="splash">
        <ProblemNote problem={caller.error} retry={() => void caller.refetch()} />
      </main>
    );
  }
  if (caller.data === null) {
    return <SignIn onSignedIn={(next) => queries.setQueryData(CALLER, next)} />;
  }
  return <SessionProvider caller={caller.data}>{children}</SessionProvider>;
}
