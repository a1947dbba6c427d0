import type { Command, Device } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/page.tsx";
import { toneOf } from "../../parts/states.ts";
import { Ago } from "../../parts/time.tsx";
import { capital, enumWord } from "../../words/names.ts";
import { runsScripts } from "./reach.ts";
import { ScriptBox } from "./script-box.tsx";
import { useReach } from "./use-reach.ts";

/** What a device was asked to do and what came of it, and a place to ask it for more. */
export function DeviceCommands({ device }: { readonly device: Device }) {
  const commands = useApi("/api/v1/commands", { query: { deviceId: device.id, pageSize: 50 } });
  const reach = useReach(device);
  const asksScripts = reach !== undefined && runsScripts(reach);
  return (
    <div className="stack">
      {asksScripts && <ScriptBox device={device} />}
      <Panel title="Commands" flush>
        <Answered of={commands}>
          {(answer) =>
            answer.commands.length === 0 ? (
              <Empty title="It was not asked for anything yet">
                {asksScripts ? "Run a script above, or choose" : "Choose"} an action beside the device’s name.
              </Empty>
            ) : (
              <ul className="verdicts">
                {answer.commands.map((command) => (
                  <CommandLine key={command.id} command={command} />
                ))}
              </ul>
            )
          }
        </Answered>
      </Panel>
    </div>
  );
}

const CommandLine = ({ command }: { readonly command: Command }) => (
  <li>
    <div className="row">
      <Badge tone={toneOf(command.state)}>{enumWord(command.state, "COMMAND_STATE_")}</Badge>
      <strong>{command.apple?.requestType || capital(enumWord(command.type, "COMMAND_TYPE_"))}</strong>
      <span className="faint small">
        {command.createdBy}
        {command.reason !== "" && `: ${command.reason}`}
      </span>
      <span className="faint small push-end">
        <Ago time={command.createdAt} />
      </span>
    </div>
    {command.runScript !== undefined && command.runScript.content !== "" && (
      <details>
        <summary className="small">Script</summary>
        <pre className="evidence">{command.runScript.content}</pre>
      </details>
    )}
    {command.result !== undefined && (command.result.output !== "" || command.result.reason !== "") && (
      <details open>
        <summary className="small">
          {command.runScript === undefined ? "Result" : `Exit code ${command.result.exitCode}`}
        </summary>
        <pre className="output" tabIndex={0}>
          {command.result.output || command.result.reason}
        </pre>
      </details>
    )}
  </li>
);
