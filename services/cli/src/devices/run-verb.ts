import type { Api, Json } from "../api/client.ts";
import { spanSeconds } from "../api/span.ts";
import { enqueue } from "../commands/command.ts";
import { type GlobalOptions, openSession, type Session } from "../commands/session.ts";
import { doEach, endSeveral } from "../commands/several.ts";
import { Failure, usage } from "../failure.ts";
import { readInput } from "../input-file.ts";
import { awaitCommands } from "./await-commands.ts";
import { type CampaignOptions, startCampaign } from "./campaign-of-verb.ts";
import { type Chosen, chosenDevices, countOf, NOTHING_ASKED } from "./chosen-devices.ts";
import { confirm, type Question } from "./confirm.ts";
import { reportAsked } from "./report-asked.ts";
import type { Call, Given, Verb } from "./verb.ts";

export interface VerbOptions extends GlobalOptions, CampaignOptions {
  readonly selector?: readonly string[];
  readonly yes?: boolean;
  readonly reason?: string;
  readonly expires?: string;
  readonly wait?: boolean;
  readonly timeout?: string;
}

/** So long the end of what the platform does by itself is waited for. */
const PROMPT_SECONDS = 60;

/** Asks devices for one thing, once the person at the keyboard is sure, and tells what became of it on each. */
export async function runVerb(verb: Verb, names: readonly string[], options: VerbOptions & Given): Promise<void> {
  refuseIdle(options);
  const session = openSession(options);
  const { reason, expires, timeout } = options;
  const seconds = timeout === undefined ? undefined : spanSeconds("timeout", timeout);
  const { act } = verb;
  const order =
    act.kind === "call"
      ? undefined
      : {
          ...(await act.body(options, readInput)),
          reason,
          ...(expires !== undefined && { expiresInSeconds: spanSeconds("expires", expires) }),
        };
  const { devices, missing } = await chosenDevices(session.api, { names, selector: options.selector ?? [] });
  // What is not harmless is not begun while it is not clear for whom it is meant.
  if (verb.consequence !== undefined || options.campaign !== undefined || devices.length === 0)
    endSeveral(missing, missing.length, NOTHING_ASKED);
  if (verb.consequence !== undefined && options.yes !== true) {
    await confirm(questionOf(verb, verb.consequence, devices), { input: process.stdin, output: process.stderr });
  }
  if (act.kind === "call") return callEach(session.api, act, { devices, missing }, reason);
  if (options.campaign !== undefined) return startCampaign(session, devices, order, options);
  const waiting =
    options.wait !== true && act.isPrompt
      ? { wait: true, seconds: PROMPT_SECONDS }
      : { wait: options.wait === true, seconds };
  await giveOrder(session, { devices, missing }, order, waiting);
}

/** An option that would do nothing was meant to: without its campaign, --wave would ask all devices at once. */
function refuseIdle({ campaign, wave, pause, wait, timeout }: VerbOptions): void {
  if (campaign === undefined && (wave !== undefined || pause !== undefined))
    throw usage("--wave and --pause are for --campaign");
  if (campaign !== undefined && wait === true)
    throw usage("--wait is not for --campaign: `muster campaign get` tells how it does");
  if (timeout !== undefined && wait !== true) throw usage("--timeout is for --wait");
}

interface Waiting {
  readonly wait: boolean;
  readonly seconds: number | undefined;
}

async function giveOrder(session: Session, { devices, missing }: Chosen, order: Json, { wait, seconds }: Waiting) {
  const asked = await enqueue(session.api, devices.map(namedDevice), order).catch((error: unknown) => {
    throw error instanceof Failure && error.code === "command.needs_campaign" ? withWayOut(error) : error;
  });
  const awaited = wait ? await awaitCommands(session.api, asked.commands, seconds) : undefined;
  await reportAsked(session.format, devices, { ...asked, undone: [...missing, ...asked.undone] }, awaited);
}

const withWayOut = ({ exitCode, message }: Failure): Failure =>
  new Failure(
    exitCode,
    `${message}. --campaign <name> makes one of this; whoever approves it says \`muster campaign approve <its id>\``,
  );

const namedDevice = ({ id, displayName }: Json) => ({ id: id as string, name: (displayName || id) as string });

async function callEach(api: Api, { path }: Call, { devices, missing }: Chosen, reason: string | undefined) {
  const body = reason === undefined ? undefined : { reason };
  const undone = await doEach(
    devices.map(namedDevice),
    ({ name }) => name,
    async ({ id }) => void (await api.call(path(id), { method: "POST", body })),
  );
  endSeveral([...missing, ...undone], devices.length + missing.length);
}

function questionOf({ name, destroys }: Verb, consequence: string, devices: readonly Json[]): Question {
  const [only, ...others] = devices;
  const verb = name.replace(/^./, (first) => first.toUpperCase());
  if (others.length === 0) {
    const about = [only.platform, only.hardwareSerial].filter(Boolean).join(", ");
    const shown = only.displayName || only.id;
    return { act: `${verb} ${shown} (${about})`, consequence, ...(destroys && { typed: shown }) };
  }
  return { act: `${verb} ${countOf(devices)}`, consequence, ...(destroys && { typed: String(devices.length) }) };
}
