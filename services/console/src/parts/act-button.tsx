import type { ReactNode } from "react";
import { useChange } from "../api/use-api.ts";
import { toast, toastProblem } from "./toasts.tsx";
import { WaitingButton } from "./waiting-button.tsx";

interface ActButtonProps<Answer> {
  readonly act: () => Promise<Answer>;
  readonly outdates: readonly string[];
  /** What is said when it is done. */
  readonly done: (answer: Answer) => string;
  readonly primary?: boolean;
  readonly small?: boolean;
  readonly children: ReactNode;
}

/** A button that does at once what can be taken back, and says what came of it. */
export function ActButton<Answer>({ act, outdates, done, primary, small, children }: ActButtonProps<Answer>) {
  const change = useChange(act, ...outdates);
  const press = () => change.mutate(undefined, { onSuccess: (answer) => toast(done(answer)), onError: toastProblem });
  return (
    <WaitingButton
      className={["button", primary && "primary", small && "small"].filter(Boolean).join(" ")}
      isWaiting={change.isPending}
      onPress={press}
    >
      {children}
    </WaitingButton>
  );
}
