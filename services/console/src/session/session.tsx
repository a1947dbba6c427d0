import { createContext, type ReactNode, useContext } from "react";
import type { Caller } from "../api/types.ts";

const SessionContext = createContext<Caller | undefined>(undefined);

export const SessionProvider = ({ caller, children }: { readonly caller: Caller; readonly children: ReactNode }) => (
  <SessionContext value={caller}>{children}</SessionContext>
);

/** Who is signed in. */
export function useCaller(): Caller {
  const caller = useContext(SessionContext);
  if (caller === undefined) throw new Error("nobody is signed in here");
  return caller;
}

/** Whether the person who is signed in has a right; what they may not do is not offered to them. */
export const useMay = (action: string): boolean => useCaller().actions.includes(action);
