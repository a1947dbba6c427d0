import { useState } from "react";
import { api } from "../../api/client.ts";
import { DeviceField } from "../../parts/device-field.tsx";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { ALL_DEVICES, SelectionFields } from "../../parts/selection-fields.tsx";
import { toast } from "../../parts/toasts.tsx";
import { counted, platformChoices } from "../../words/names.ts";
import type { Script } from "./script.ts";

const WHERE = [
  ["device", "On one device"],
  ["selection", "On every device that matches"],
] as const;

/** More outputs are not followed on this page. */
const FOLLOWED = 25;

/** What an agent that runs scripts is there for. */
const AGENTS = platformChoices("PLATFORM_LINUX", "PLATFORM_MACOS", "PLATFORM_WINDOWS");

interface RunScriptProps {
  readonly script: Script;
  readonly onAsked: (commandIds: readonly string[]) => void;
}

/** Runs a script on a device, or on all of a label at once; a campaign does it in waves. */
export function RunScript({ script, onAsked }: RunScriptProps) {
  const [where, setWhere] = useState<string>(WHERE[0][0]);
  const [deviceId, setDeviceId] = useState("");
  const [selection, setSelection] = useState(ALL_DEVICES);
  const [reason, setReason] = useState("");
  const submit = async () => {
    const target = where === "device" ? { deviceIds: [deviceId] } : { selection };
    const asked = await api.post("/api/v1/commands", {
      body: {
        type: "COMMAND_TYPE_RUN_SCRIPT",
        runScript: { scriptId: script.id },
        reason,
        ...target,
      },
    });
    const [refusal] = asked.refusals;
    if (asked.commandCount === 0)
      throw new Error(refusal?.message ?? "No device matches: choose other platforms or labels.");
    toast(
      `${counted(asked.commandCount, "device")} asked${refusal === undefined ? "" : `, ${counted(asked.refusals.length, "device")} cannot: ${refusal.message}`}.`,
    );
    onAsked(asked.commands.slice(0, FOLLOWED).map(({ id }) => id));
    return asked;
  };
  return (
    <FormDialog title="Run" submitText="Run" submit={submit} outdates={["commands"]}>
      <ChoiceField label="Where" value={where} onChange={setWhere} choices={WHERE} />
      {where === "device" ? (
        <DeviceField label="Device" value={deviceId} onChange={setDeviceId} />
      ) : (
        <SelectionFields value={selection} onChange={setSelection} platforms={AGENTS} />
      )}
      <TextLine label="Why, for the record" value={reason} onChange={setReason} isRequired={where !== "device"} />
    </FormDialog>
  );
}
