import { useState } from "react";
import { Button, Form } from "react-aria-components";
import type { Device } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { ChoiceField, TextLine } from "../../parts/fields.tsx";
import { Panel } from "../../parts/page.tsx";
import { useMay } from "../../session/session.tsx";
import { useAsk } from "./use-ask.ts";

/** A place to run a script: one that is saved, or one written here, which a person's own device does not take. */
export function ScriptBox({ device }: { readonly device: Device }) {
  const mayRead = useMay("script.read");
  const saved = useApi("/api/v1/scripts", {}, { enabled: mayRead });
  const scripts = saved.data?.scripts ?? [];
  const isPersonal = device.ownership === "OWNERSHIP_PERSONAL";
  const [scriptId, setScriptId] = useState("");
  const [content, setContent] = useState("");
  const ask = useAsk(device);
  const run = () =>
    ask.mutate(
      { type: "COMMAND_TYPE_RUN_SCRIPT", runScript: scriptId === "" ? { content } : { scriptId } },
      { onSuccess: (asked) => asked && setContent("") },
    );
  const choices = scripts.map(({ id, name }) => [id, name] as const);
  return (
    <Panel title="Run a script">
      <Form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        {choices.length > 0 && (
          <ChoiceField
            label="Which"
            value={scriptId}
            onChange={setScriptId}
            choices={isPersonal ? choices : [["", "One written here"], ...choices]}
          />
        )}
        {scriptId === "" && !isPersonal && (
          <TextLine label="Script" value={content} onChange={setContent} rows={4} code isRequired />
        )}
        {isPersonal && <p className="faint small">A person’s own device runs saved scripts only.</p>}
        <div>
          <Button
            className="button primary"
            type="submit"
            isDisabled={ask.isPending || (isPersonal && scriptId === "")}
          >
            Run on this device
          </Button>
        </div>
      </Form>
    </Panel>
  );
}
