import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../api/client.ts";
import { isAtOrBelow } from "../api/places.ts";
import { type Revised, tagOf } from "../editing/revision.ts";
import { ConfirmButton } from "./confirm-button.tsx";

interface DeleteButtonProps {
  /** Of what list it is one. */
  readonly kind: "declarations" | "policies" | "profiles" | "scripts" | "sinks" | "webhooks";
  readonly id: string;
  readonly name: string;
  /** As the page shows it. */
  readonly seen: Revised;
  readonly consequence: string;
}

/** Removes the thing that a page is about, and goes back to the list of its kind. */
export function DeleteButton({ kind, id, name, seen, consequence }: DeleteButtonProps) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const remove = async () => {
    await api.delete(`/api/v1/${kind}/{id}`, { path: { id }, ifMatch: tagOf(seen) });
    // Before its answers are outdated: here, where it was, it would be asked for again.
    await navigate({ to: `/${kind}` });
    // And the page may stand there for a moment longer.
    queries.removeQueries({ predicate: ({ queryKey }) => isAtOrBelow(queryKey[0], `${kind}/${id}`) });
    return {};
  };
  return <ConfirmButton verb="Delete" name={name} consequence={consequence} act={remove} outdates={[kind]} />;
}
