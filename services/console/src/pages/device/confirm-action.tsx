import { useState } from "react";
import { Button, Form } from "react-aria-components";
import type { Device } from "../../api/types.ts";
import { SwitchLine } from "../../parts/choices.tsx";
import { ModalDialog } from "../../parts/dialog.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { WaitingButton } from "../../parts/waiting-button.tsx";
import type { DeviceAction, Written } from "./actions.ts";
import { familyOf } from "./reach.ts";
import { useAsk } from "./use-ask.ts";
import { useUnenroll } from "./use-unenroll.ts";

interface ConfirmProps {
  readonly device: Device;
  readonly action: DeviceAction;
  readonly onClose: () => void;
}

/** Asks once more, with the device's name, for what it needs to know, and why. */
export function ConfirmAction({ device, action, onClose }: ConfirmProps) {
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const [written, setWritten] = useState<Written>({});
  const write = (name: string) => (value: string) => setWritten((before) => ({ ...before, [name]: value }));
  const family = familyOf(device);
  const fields = (action.fields ?? []).filter(({ on }) => on === undefined || (family && on.includes(family)));
  const ask = useAsk(device);
  const unenroll = useUnenroll(device);
  const isSure = !action.destroys || typed.trim() === device.displayName;
  const name = `${action.text} ${device.displayName}`;
  const submit = () => {
    if (action.unenrolls) unenroll.mutate({ reason, name }, { onSuccess: onClose });
    else if (action.command !== undefined)
      ask.mutate({ ...action.command(written), reason, name }, { onSuccess: onClose });
  };
  return (
    <ModalDialog title={`${name}?`} isOpen onClose={onClose} isAlert>
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          if (isSure) submit();
        }}
      >
        <p className="soft">{action.consequence}</p>
        {fields.map(({ name, label, isRequired = false, isSwitch }) =>
          isSwitch ? (
            <SwitchLine
              key={name}
              text={label}
              value={written[name] === "yes"}
              onChange={(on) => write(name)(on ? "yes" : "")}
            />
          ) : (
            <TextLine
              key={name}
              label={label}
              value={written[name] ?? ""}
              onChange={write(name)}
              isRequired={isRequired}
            />
          ),
        )}
        <TextLine
          label="Why, for the record"
          value={reason}
          onChange={setReason}
          isRequired={action.destroys === true}
          autoFocus={fields.length === 0}
        />
        {action.destroys && (
          <TextLine
            label={`Write ${device.displayName} to confirm`}
            value={typed}
            onChange={setTyped}
            autoComplete="off"
            isRequired
          />
        )}
        {unenroll.isError && <ProblemNote problem={unenroll.error} />}
        <div className="dialog-actions">
          <Button className="button" onPress={onClose}>
            Cancel
          </Button>
          <WaitingButton
            className={action.destroys ? "button danger" : "button primary"}
            type="submit"
            isDisabled={!isSure}
            isWaiting={ask.isPending || unenroll.isPending}
          >
            {action.text}
          </WaitingButton>
        </div>
      </Form>
    </ModalDialog>
  );
}
