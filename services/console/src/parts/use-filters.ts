import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** A page's address has these parameters, each a string. */
export type Search = Readonly<Record<string, string>>;

/** What a page is narrowed to, kept in its address, so that a link shows the same to somebody else. */
export function useFilters() {
  const filters: Search = useSearch({ from: "__root__" });
  const navigate = useNavigate();
  const setFilters = useCallback(
    (change: Readonly<Record<string, string>>) =>
      void navigate({
        to: ".",
        search: (before) =>
          Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== "")),
        replace: true,
      }),
    [navigate],
  );
  return [filters, setFilters] as const;
}

/** One of a few that a page is narrowed to; what else an address says is as good as nothing. */
export function useChoice<Value extends string>(name: string, values: readonly Value[]) {
  const [filters, setFilters] = useFilters();
  const chosen = values.find((value) => value === filters[name]) ?? "";
  const choose = useCallback((value: Value | "") => setFilters({ [name]: value }), [name, setFilters]);
  return [chosen, choose] as const;
}
