import { type ReactNode, useState } from "react";
import { Button } from "react-aria-components";
import { useChange } from "../api/use-api.ts";
import { CopyLine } from "./copy.tsx";
import { ModalDialog } from "./dialog.tsx";
import { DialogForm } from "./dialog-form.tsx";
import { ProblemNote } from "./problem-note.tsx";

interface FormDialogProps<Answer, Draft extends object> {
  /** What the button that opens it says too, where that is not said apart. */
  readonly title: string;
  readonly opener?: string;
  readonly submitText: string;
  /** What the form begins with; and again once the platform took what was written. */
  readonly begin?: Draft;
  readonly submit: (draft: Draft) => Promise<Answer>;
  readonly outdates: readonly string[];
  /** What is shown this once, such as a secret in the answer. */
  readonly once?: (answer: Answer) => string;
  readonly wide?: boolean;
  readonly primary?: boolean;
  readonly children: ReactNode | ((draft: Draft, set: (change: Partial<Draft>) => void) => ReactNode);
}

/** A button that opens a form. It closes when the platform took what was written; what was not sent is there again when it is opened anew. */
export function FormDialog<Answer, Draft extends object = object>(props: FormDialogProps<Answer, Draft>) {
  const { begin, title, opener = title, wide = false, primary = true } = props;
  const [isOpen, setOpen] = useState(false);
  const [written, setWritten] = useState<Draft>();
  const draft = written ?? begin ?? ({} as Draft);
  return (
    <>
      <Button className={primary ? "button primary" : "button"} onPress={() => setOpen(true)}>
        {opener}
      </Button>
      <ModalDialog title={title} isOpen={isOpen} onClose={() => setOpen(false)} wide={wide}>
        <Inside
          {...props}
          draft={draft}
          set={(change) => setWritten({ ...draft, ...change })}
          onDone={() => setWritten(undefined)}
          onClose={() => setOpen(false)}
        />
      </ModalDialog>
    </>
  );
}

interface InsideProps<Answer, Draft extends object> extends FormDialogProps<Answer, Draft> {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function Inside<Answer, Draft extends object>({
  submitText,
  submit,
  outdates,
  once,
  children,
  draft,
  set,
  onDone,
  onClose,
}: InsideProps<Answer, Draft>) {
  const change = useChange(submit, ...outdates);
  if (once !== undefined && change.data !== undefined) {
    return (
      <>
        <p className="note warn">It is shown this once: copy it now.</p>
        <CopyLine text={once(change.data)} />
      </>
    );
  }
  const finish = () => {
    onDone();
    if (once === undefined) onClose();
  };
  return (
    <DialogForm
      submitText={submitText}
      isPending={change.isPending}
      onSubmit={() => change.mutate(draft, { onSuccess: finish })}
      onClose={onClose}
    >
      {typeof children === "function" ? children(draft, set) : children}
      {change.isError && <ProblemNote problem={change.error} />}
    </DialogForm>
  );
}
