import type { DeviceIdentity } from "@muster/device-identity/identity";
import { currentTrace } from "@muster/host/telemetry";
import { validate as isUuid } from "uuid";
import { refuse } from "../domain/refusals.ts";
import { type RawReport, readReport } from "../domain/report.ts";
import type { HandedScript } from "../usecases/orbit-work.ts";
import type { Delivery, ResultsOutcome } from "../usecases/take-results.ts";
import type { OrbitHandler } from "./orbit-handler.ts";
import { unauthenticated } from "./orbit-identity.ts";

export interface OrbitScriptDeps {
  readonly handOutScript: (identity: DeviceIdentity, id: string) => Promise<HandedScript | undefined>;
  readonly takeResults: (delivery: Delivery) => Promise<ResultsOutcome>;
  readonly now: () => Date;
}

/** fleetd says with these exit codes that it ended a script because of its time, or did not run it because scripts are off. */
const TIMED_OUT = -1;
const SCRIPTS_DISABLED = -2;

export function offerScripts(post: (path: string, handler: OrbitHandler) => unknown, deps: OrbitScriptDeps): void {
  post("scripts/request", async (identity, fields) => {
    const id = executionId(fields);
    const handed = isUuid(id) ? await deps.handOutScript(identity, id.toLowerCase()) : undefined;
    if (handed === undefined)
      throw refuse("orbit.nothing_there", `the script execution ${id} does not wait for this host`);
    return {
      host_id: hostId(identity),
      execution_id: id,
      script_contents: handed.content,
      output: "",
      runtime: 0,
      exit_code: null,
      timeout: handed.command.script?.timeoutSeconds,
    };
  });

  post("scripts/result", async (identity, fields) => {
    const id = executionId(fields);
    // With scripts off fleetd says so at once, without having asked for the script.
    if (fields["exit_code"] === SCRIPTS_DISABLED && isUuid(id)) await deps.handOutScript(identity, id.toLowerCase());
    const report = readReport(rawReport(fields, deps.now()));
    const reports = [{ commandId: id, report }];
    const { refused } = await deps.takeResults({ identity, reports, trace: currentTrace() });
    if (refused) throw unauthenticated();
    return {};
  });
}

function executionId(fields: Readonly<Record<string, unknown>>): string {
  const id = fields["execution_id"];
  if (typeof id !== "string" || id === "") throw refuse("orbit.bad_body", "execution_id is not stated");
  return id;
}

// fleetd reads a number here and sends it back; who it is, its node key says.
const hostId = ({ deviceId }: DeviceIdentity): number => Number.parseInt(deviceId.slice(-7), 16);

function rawReport({ exit_code: exitCode, output, runtime }: Readonly<Record<string, unknown>>, now: Date): RawReport {
  const endedAt = now.toISOString();
  const seconds = typeof runtime === "number" && runtime >= 0 && runtime < 7 * 86_400 ? runtime : 0;
  const startedAt = new Date(now.getTime() - seconds * 1_000).toISOString();
  const common = { output, startedAt, endedAt };
  if (exitCode === SCRIPTS_DISABLED) return { ...common, state: "refused", reason: "scripts_disabled" };
  if (exitCode === TIMED_OUT) return { ...common, state: "failed", reason: "timeout" };
  if (exitCode === 0) return { ...common, state: "succeeded", exitCode };
  return { ...common, state: "failed", reason: "exit_code", exitCode };
}
