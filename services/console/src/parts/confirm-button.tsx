import { type ReactNode, useState } from "react";
import { Button } from "react-aria-components";
import { useChange } from "../api/use-api.ts";
import { ModalDialog } from "./dialog.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { WaitingButton } from "./waiting-button.tsx";

interface ConfirmButtonProps {
  /** What it does, as its text: Delete, Revoke. */
  readonly verb: string;
  /** To what: "Delete Only root has user id 0?" */
  readonly name: string;
  readonly consequence: ReactNode;
  readonly act: () => Promise<object>;
  readonly outdates: readonly string[];
  readonly small?: boolean;
}

/** A button that asks once more, naming the thing, before it does what cannot be taken back. */
export function ConfirmButton({ verb, name, consequence, act, outdates, small }: ConfirmButtonProps) {
  // What was confirmed is what was seen: the page behind the question may go on changing.
  const [asked, setAsked] = useState<() => Promise<object>>();
  const change = useChange(async () => asked?.(), ...outdates);
  const close = () => setAsked(undefined);
  const open = () => {
    change.reset();
    setAsked(() => act);
  };
  const confirm = () => change.mutate(undefined, { onSuccess: close });
  return (
    <>
      <Button className={small ? "button small" : "button"} onPress={open}>
        {verb}…
      </Button>
      <ModalDialog title={`${verb} ${name}?`} isOpen={asked !== undefined} onClose={close} isAlert>
        <p className="soft">{consequence}</p>
        {change.isError && <ProblemNote problem={change.error} />}
        <div className="dialog-actions">
          <Button className="button" onPress={close} autoFocus>
            Cancel
          </Button>
          <WaitingButton className="button danger" isWaiting={change.isPending} onPress={confirm}>
            {verb}
          </WaitingButton>
        </div>
      </ModalDialog>
    </>
  );
}
