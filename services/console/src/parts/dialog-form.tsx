import type { ReactNode } from "react";
import { Button, Form } from "react-aria-components";

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
      onSubmit();
    }}
  >
    {children}
    <div className="dialog-actions">
      <Button className="button" onPress={onClose}>
        Cancel
      </Button>
      <Button className="button primary" type="submit" isDisabled={isPending}>
        {submitText}
      </Button>
    </div>
  </Form>
);
