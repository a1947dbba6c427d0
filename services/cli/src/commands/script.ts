import type { Api, Json } from "../api/client.ts";
import { type Device, devicesOf } from "../api/device.ts";
import { allChosen, countOf } from "../devices/chosen-devices.ts";
import { confirm } from "../devices/confirm.ts";
import { EXIT } from "../exit-codes.ts";
import { usage } from "../failure.ts";
import { readInput } from "../input-file.ts";
import { print, printWhole } from "../output/print.ts";
import { styled } from "../output/style.ts";
import { enqueue, watch } from "./command.ts";
import { type GlobalOptions, openSession } from "./session.ts";
import { endSeveral } from "./several.ts";

export interface ScriptOptions extends GlobalOptions {
  readonly device?: readonly string[];
  readonly selector?: readonly string[];
  readonly yes: boolean;
  readonly command?: string;
  readonly wait: boolean;
  readonly timeout: string;
}

/** Runs a script on devices; waits for the output and ends with the script's exit code. */
export async function runScript(file: string | undefined, options: ScriptOptions): Promise<void> {
  if ((file === undefined) === (options.command === undefined))
    throw usage("give a script file, or a command with -c, and not both");
  const content = options.command ?? (await readInput(file ?? "")).toString();
  const timeoutSeconds = Number(options.timeout);
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1) throw usage("--timeout is a whole number of seconds");
  const { api, format } = openSession(options);
  const devices = await devicesFor(api, options);
  const { commands, count, undone } = await enqueue(api, devices, {
    type: "COMMAND_TYPE_RUN_SCRIPT",
    runScript: { content, timeoutSeconds },
  });
  if (!options.wait || count > commands.length) {
    print(commands.map(({ id }) => `${id}\n`).join(""));
    if (count > commands.length)
      process.stderr.write(`${count} commands are queued, too many to wait for; \`muster get commands\` lists them\n`);
    return endSeveral(undone, devices.length);
  }
  const ended = await Promise.all(commands.map(({ id }) => watch(api, id)));
  if (format === "table") for (const command of ended) tell(command, ended.length > 1);
  else await printWhole(ended.length === 1 ? ended[0] : ended, format);
  endSeveral(undone, devices.length);
  process.exitCode = Math.max(...ended.map(exitCodeOf));
}

/** Those that are named; whoever gives a selector is told how many it found, and says that they are meant. */
async function devicesFor(api: Api, { device = [], selector, yes }: ScriptOptions): Promise<Device[]> {
  if (selector === undefined) {
    if (device.length === 0) throw usage("where? Give --device or --selector.");
    return devicesOf(api, device);
  }
  const devices = await allChosen(api, { names: device, selector });
  const act = `Run it on ${countOf(devices)}`;
  if (yes) process.stderr.write(`${act}\n`);
  else
    await confirm(
      { act, consequence: "The script runs as root, or as the system." },
      { input: process.stdin, output: process.stderr },
    );
  return devices.map(({ id, displayName }) => ({ id, name: displayName || id }));
}

function tell({ deviceId, state, result }: Json, manyDevices: boolean): void {
  if (manyDevices) process.stderr.write(`${styled("bold", deviceId, process.stderr)}\n`);
  if (result?.output) print(result.output.endsWith("\n") ? result.output : `${result.output}\n`);
  if (result?.outputTruncated === true) process.stderr.write("The output was longer and was cut.\n");
  // A script that fails by its exit code has said what it had to say.
  if (result?.reason !== "exit_code" && (state !== "COMMAND_STATE_ACKNOWLEDGED" || result?.reason)) {
    const why = result?.reason || String(state).replace("COMMAND_STATE_", "").toLowerCase();
    process.stderr.write(`${styled("red", why, process.stderr)}\n`);
  }
}

/** The script's own exit code; where it did not run to its end, that of a failure. */
function exitCodeOf({ state, result }: Json): number {
  if (result && (state === "COMMAND_STATE_ACKNOWLEDGED" || result.exitCode !== 0)) return result.exitCode & 0xff;
  return EXIT.failed;
}
