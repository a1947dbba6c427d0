import type { ReactNode } from "react";
import { Button, Form } from "react-aria-components";
import { WaitingButton } from "./waiting-button.tsx";

interface DialogFormProps {
  readonly submitText: string;
  readonly isPending: boolean;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The form inside a dialog, with the two ways out of it. */
export const DialogForm = ({ submitText, isPending, onSubmit, onClose, children }: DialogFormProps) => (
  <Form
    onSubmit={(event) => {
      event.preventDefault();
      if (!isPending) onSubmit();
    }}
  >
    {children}
    <div className="dialog-actions">
      <Button className="button" onPress={onClose}>
        Cancel
      </Button>
      <WaitingButton className="button primary" type="submit" isWaiting={isPending}>
        {submitText}
      </WaitingButton>
    </div>
  </Form>
);
