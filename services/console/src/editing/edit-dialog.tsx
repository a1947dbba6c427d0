import { type ReactNode, useState } from "react";
import { Button } from "react-aria-components";
import { useChange } from "../api/use-api.ts";
import { ModalDialog } from "../parts/dialog.tsx";
import { DialogForm } from "../parts/dialog-form.tsx";
import { ProblemNote } from "../parts/problem-note.tsx";
import { bringTogether, type Difference } from "./bring-together.ts";
import { ChangedMeanwhile, type Fields } from "./changed-meanwhile.tsx";
import { isConflict, type Revised, tagOf } from "./revision.ts";

interface EditDialogProps<Thing extends Revised, Draft extends object> {
  /** What the button that opens it says too, where that is not said apart. */
  readonly title: string;
  readonly opener?: string;
  readonly submitText: string;
  /** As the page shows it. */
  readonly thing: Thing;
  /** What the form begins with. */
  readonly draftOf: (thing: Thing) => Draft;
  readonly fields: Fields<Draft>;
  /** Saves what was written in the place of what was seen. */
  readonly save: (draft: Draft, seen: Thing, ifMatch: string) => Promise<unknown>;
  /** The thing as it is now. */
  readonly load: () => Promise<Thing>;
  readonly outdates: readonly string[];
  readonly small?: boolean;
  /** Is told what the platform refused last, for a field that has more to say of it. */
  readonly children: (draft: Draft, set: (change: Partial<Draft>) => void, problem: Error | null) => ReactNode;
}

/**
 * A button that opens a form for a thing that there is. It is saved only in the place of what the form began with: when
 * somebody else was faster, what was written stays and stands beside what is there now.
 */
export function EditDialog<Thing extends Revised, Draft extends object>(props: EditDialogProps<Thing, Draft>) {
  const [isOpen, setOpen] = useState(false);
  // A stray click or key beside the form does not throw away what was written in it.
  const [isWritten, setWritten] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const close = () => {
    setOpen(false);
    setWritten(false);
    setLeaving(false);
  };
  return (
    <>
      <Button className={props.small ? "button small" : "button"} onPress={() => setOpen(true)}>
        {props.opener ?? props.title}
      </Button>
      <ModalDialog title={props.title} isOpen={isOpen} onClose={isWritten ? () => setLeaving(true) : close} wide>
        <Editing {...props} onWrite={() => setWritten(true)} onClose={close}>
          {(draft, set, problem) => (
            <>
              {props.children(draft, set, problem)}
              {isLeaving && <Leaving onStay={() => setLeaving(false)} onLeave={close} />}
            </>
          )}
        </Editing>
      </ModalDialog>
    </>
  );
}

interface LeavingProps {
  readonly onStay: () => void;
  readonly onLeave: () => void;
}

const Leaving = ({ onStay, onLeave }: LeavingProps) => (
  <div className="note warn" role="alert">
    <span>What you wrote is not saved.</span>
    <Button className="button small" onPress={onStay} autoFocus>
      Go on writing
    </Button>
    <Button className="button small" onPress={onLeave}>
      Throw it away
    </Button>
  </div>
);

interface Meanwhile<Draft> {
  readonly by: string;
  readonly differences: readonly Difference<Draft>[];
}

function Editing<Thing extends Revised, Draft extends object>({
  submitText,
  thing,
  draftOf,
  fields,
  save,
  load,
  outdates,
  children,
  onWrite,
  onClose,
}: EditDialogProps<Thing, Draft> & { readonly onWrite: () => void; readonly onClose: () => void }) {
  // The page behind goes on changing; what is edited is what it showed when this was opened.
  const [seen, setSeen] = useState(thing);
  const [draft, setDraft] = useState(() => draftOf(thing));
  const [meanwhile, setMeanwhile] = useState<Meanwhile<Draft>>();
  const set = (change: Partial<Draft>) => {
    setDraft({ ...draft, ...change });
    onWrite();
  };
  const saveOrMeet = async () => {
    try {
      await save(draft, seen, tagOf(seen));
      return true;
    } catch (problem) {
      if (!isConflict(problem)) throw problem;
      const now = await load();
      const together = bringTogether(draftOf(seen), draft, draftOf(now));
      setSeen(now);
      setDraft(together.draft);
      setMeanwhile({ by: now.updatedBy ?? "", differences: together.differences });
      return false;
    }
  };
  const change = useChange(saveOrMeet, ...outdates);
  return (
    <DialogForm
      submitText={submitText}
      isPending={change.isPending}
      onSubmit={() => change.mutate(undefined, { onSuccess: (saved) => saved && onClose() })}
      onClose={onClose}
    >
      {children(draft, set, change.error)}
      {meanwhile !== undefined && <ChangedMeanwhile {...meanwhile} fields={fields} draft={draft} onChange={set} />}
      {change.isError && <ProblemNote problem={change.error} />}
    </DialogForm>
  );
}
