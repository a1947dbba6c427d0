import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

/** Asks again from time to time, while the caller is shown, for what no event tells of. */
export function useRefresh(path: string, everyMs: number): void {
  const queries = useQueryClient();
  useEffect(() => {
    const timer = setInterval(() => void queries.invalidateQueries({ queryKey: [path] }), everyMs);
    return () => clearInterval(timer);
  }, [queries, path, everyMs]);
}
