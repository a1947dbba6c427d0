import type { AppleKind } from "../hardware/apple-models.ts";
import { isPlist, type Plist, type PlistValue } from "../plist/plist-value.ts";
import type { CommandMessage, Execution } from "../wire/command-message.ts";
import { ALL_ANSWERS } from "./all-answers.ts";
import {
  type CommandContext,
  CommandFailed,
  CommandMalformed,
  type Effect,
  errorChain,
  mdmError,
} from "./command-answer.ts";
import { COMMAND_RULES, type CommandRule } from "./command-rules.ts";

const LETTER: Readonly<Record<AppleKind, string>> = { Mac: "m", iPhone: "i", iPad: "i", AppleTV: "t" };

const CHECKS: Readonly<Record<NonNullable<CommandRule["needs"]>[string], (value: PlistValue) => boolean>> = {
  string: (value) => typeof value === "string",
  integer: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  data: (value) => value instanceof Uint8Array,
  array: (value) => Array.isArray(value),
  dictionary: isPlist,
};

const refuse = (code: number, text: string): never => {
  throw new CommandFailed(mdmError(code, text));
};

/** @throws CommandFailed when this device, as it is enrolled, does not execute such a command. */
const permit = (rule: CommandRule, requestType: string, context: CommandContext): void => {
  const { parts, enrollment, channel } = context;
  const { hardware, state } = parts;
  const letter = LETTER[hardware.kind];
  const onUser = channel.name !== "device";
  if (!rule.on.includes(letter)) refuse(12021, `${requestType} is not a request type of this device`);
  const here = onUser ? "user" : "device";
  if (letter === "m" && rule.mac !== undefined && rule.mac !== "both" && rule.mac !== here)
    refuse(12021, `${requestType} is not for the ${here} channel`);
  if (state.userEnrollment && rule.notPersonal?.includes(letter) === true)
    refuse(12007, `${requestType} is not allowed in User Enrollment`);
  if (!state.supervised && rule.supervised?.includes(letter) === true)
    refuse(12007, `${requestType} is only allowed on a supervised device`);
  if (!state.enrolledViaDep && rule.automated?.includes(letter) === true)
    refuse(12007, `${requestType} is only allowed after Automated Device Enrollment`);
  const right = rule.right ?? 0;
  if (!state.userEnrollment && (enrollment.profile.mdm.accessRights & right) !== right)
    refuse(12007, `the profile's access rights do not allow ${requestType}`);
};

const wellFormed = ({ needs = {} }: CommandRule, command: Plist): void => {
  for (const [key, type] of Object.entries(needs)) {
    const value = command[key];
    if (value === undefined) throw new CommandMalformed(`${key} is missing`);
    if (!CHECKS[type](value)) throw new CommandMalformed(`${key} is not of type ${type}`);
  }
};

/** What a device sends at once even when its screen is locked, or when a Mac naps on battery. */
const NEVER_LATER: Readonly<Record<string, ReadonlySet<string>>> = {
  i: new Set(
    "CertificateList ClearPasscode DeviceInformation DeviceLock EraseDevice InstalledApplicationList ProfileList ProvisioningProfileList Restrictions".split(
      " ",
    ),
  ),
  m: new Set("DeleteUser DeviceLock EraseDevice RestartDevice ShutDownDevice UnlockUserAccount".split(" ")),
};

const isForLater = (requestType: string, { parts: { hardware, state } }: CommandContext): boolean =>
  state.locked && NEVER_LATER[LETTER[hardware.kind]]?.has(requestType) === false;

export type ContextWithoutEffects = Omit<CommandContext, "afterwards" | "command">;

const inOrder =
  (effects: readonly Effect[]): Execution["after"] =>
  async () => {
    let ends = false;
    for (const { does, endsSession } of effects) {
      await does();
      ends ||= endsSession;
    }
    return ends;
  };

/** Executes a command as the device would, and gives what it reports. */
export const executeCommand = async (
  { requestType, command }: CommandMessage,
  outer: ContextWithoutEffects,
  notNow: (requestType: string) => boolean,
): Promise<Execution> => {
  const effects: Effect[] = [];
  const context: CommandContext = { ...outer, command, afterwards: (effect) => void effects.push(effect) };
  if (notNow(requestType) || isForLater(requestType, context)) return { status: "NotNow", report: {} };
  try {
    const rule = COMMAND_RULES[requestType];
    const answer = ALL_ANSWERS[requestType];
    if (requestType === "") throw new CommandMalformed("RequestType is missing");
    if (rule === undefined || answer === undefined) return refuse(12021, `${requestType} is not a request type`);
    permit(rule, requestType, context);
    wellFormed(rule, command);
    const report = await answer(context);
    return { status: "Acknowledged", report, after: effects.length === 0 ? undefined : inOrder(effects) };
  } catch (error) {
    if (error instanceof CommandMalformed)
      return { status: "CommandFormatError", report: { ErrorChain: errorChain([mdmError(12008, error.message)]) } };
    if (error instanceof CommandFailed) return { status: "Error", report: { ErrorChain: errorChain(error.chain) } };
    const text = error instanceof Error ? error.message : String(error);
    return { status: "Error", report: { ErrorChain: errorChain([mdmError(12010, text)]) } };
  }
};
