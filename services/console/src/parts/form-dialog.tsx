import { type ReactNode, useState } from "react";
import { Button } from "react-aria-components";
import { useChange } from "../api/use-api.ts";
import { CopyLine } from "./copy.tsx";
import { ModalDialog } from "./dialog.tsx";
import { DialogForm } from "./dialog-form.tsx";
import { ProblemNote } from "./problem-note.tsx";

interface FormDialogProps<Answer> {
  /** What the button that opens it says too, where that is not said apart. */
  readonly title: string;
  readonly opener?: string;
  readonly submitText: string;
  readonly submit: () => Promise<Answer>;
  readonly outdates: readonly string[];
  /** What is shown this once, such as a secret in the answer. */
  readonly once?: (answer: Answer) => string;
  readonly wide?: boolean;
  readonly primary?: boolean;
  readonly children: ReactNode;
}

/** A button that opens a form; it closes when the platform took what was written. */
export function FormDialog<Answer>(props: FormDialogProps<Answer>) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button className={props.primary === false ? "button" : "button primary"} onPress={() => setOpen(true)}>
        {props.opener ?? props.title}
      </Button>
      <ModalDialog title={props.title} isOpen={isOpen} onClose={() => setOpen(false)} wide={props.wide === true}>
        <Inside {...props} onClose={() => setOpen(false)} />
      </ModalDialog>
    </>
  );
}

function Inside<Answer>({
  submitText,
  submit,
  outdates,
  once,
  children,
  onClose,
}: FormDialogProps<Answer> & { readonly onClose: () => void }) {
  const change = useChange(submit, ...outdates);
  if (once !== undefined && change.data !== undefined) {
    return (
      <>
        <p className="note warn">It is shown this once: copy it now.</p>
        <CopyLine text={once(change.data)} />
      </>
    );
  }
  return (
    <DialogForm
      submitText={submitText}
      isPending={change.isPending}
      onSubmit={() => change.mutate(undefined, { onSuccess: () => once === undefined && onClose() })}
      onClose={onClose}
    >
      {children}
      {change.isError && <ProblemNote problem={change.error} />}
    </DialogForm>
  );
}
