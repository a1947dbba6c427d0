import type { Command } from "@muster/contracts/gen/muster/command/v1/command";
import { CommandState, CommandType } from "@muster/contracts/gen/muster/command/v1/command";
import type { CommandServiceServer } from "@muster/contracts/gen/muster/command/v1/command_service";
import type { OwnerServiceServer as CommandOwner } from "@muster/contracts/gen/muster/command/v1/owner_service";
import { Method, Ownership } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { Device } from "@muster/contracts/gen/muster/inventory/v1/device";
import type { DeviceServiceServer } from "@muster/contracts/gen/muster/inventory/v1/device_service";
import type {
  OwnerServiceServer as InventoryOwner,
  OwnerStatement,
} from "@muster/contracts/gen/muster/inventory/v1/owner_service";
import { Verdict } from "@muster/contracts/gen/muster/policy/v1/policy";
import type { PolicyServiceServer } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import type { ClientOf } from "@muster/rpc/client";
import { isStillTheirs, type OwnerSession, whoAsked } from "../domain/owner-session.ts";
import { refuse } from "../domain/refusals.ts";

export interface OwnerServices {
  readonly devices: Pick<ClientOf<DeviceServiceServer>, "refetch">;
  readonly inventory: ClientOf<InventoryOwner>;
  readonly commands: Pick<ClientOf<CommandServiceServer>, "enqueueCommands" | "listCommands">;
  readonly rules: ClientOf<CommandOwner>;
  readonly policies: Pick<ClientOf<PolicyServiceServer>, "listDeviceVerdicts">;
}

/** Something that was done with the device: what, by whom, when, and how it ended. */
export interface Doing {
  readonly what: string;
  readonly text: string;
  readonly who: string;
  readonly at: Date | undefined;
  readonly outcome: string;
}

interface Doable {
  readonly told: readonly string[];
  readonly besides: readonly string[];
}

/** All that the page of one device says. */
export interface OwnerPage {
  readonly name: string;
  readonly model: string;
  readonly personal: boolean;
  readonly enrolledAt: Date | undefined;
  readonly lastSeenAt: Date | undefined;
  /** The register of enrollments tells machines apart by these, and shows them to nobody. */
  readonly registered: boolean;
  readonly seen: readonly { readonly says: string; readonly value: string }[];
  readonly unseen: readonly string[];
  /** A script may print what is never collected otherwise. */
  readonly scripts: boolean;
  /** What the device may be told to do, and what may be done with it besides. */
  readonly may: Doable;
  readonly mayNot: Doable;
  readonly doings: readonly Doing[];
  readonly failing: readonly { readonly name: string; readonly advice: string; readonly since: Date | undefined }[];
  readonly passing: readonly string[];
}

const OWNER = "owner";
const COMMANDS = 50;

/** What a device's owner may ask; each answer is about the one device of their visit. */
export class OwnerPages {
  readonly #services: OwnerServices;

  constructor(services: OwnerServices) {
    this.#services = services;
  }

  /** The device that a link opens, which it does once. */
  async redeem(tenant: string, token: string): Promise<string> {
    return (await this.#services.rules.redeemOwnerLink({ token }, { tenant, actor: OWNER })).deviceId;
  }

  async read(session: OwnerSession): Promise<OwnerPage> {
    const { commands, inventory, policies, rules } = this.#services;
    const { deviceId, tenant } = session;
    const caller = { tenant, actor: OWNER };
    const [{ device, things, deeds }, { asked }, { rules: told }, { commands: sent }, { verdicts }] = await Promise.all(
      [
        inventory.describeCollection({ deviceId }, caller),
        inventory.listAskedOfDevice({ deviceId }, caller),
        rules.describeCommands({ deviceId }, caller),
        commands.listCommands(
          { deviceId, state: CommandState.COMMAND_STATE_UNSPECIFIED, pageSize: COMMANDS, pageToken: "" },
          caller,
        ),
        policies.listDeviceVerdicts({ deviceId }, caller),
      ],
    );
    const { ownership, method, ...known } = theirs(session, device);
    const personal = ownership === Ownership.OWNERSHIP_PERSONAL;
    const says = (statements: readonly OwnerStatement[], holds: boolean) =>
      statements.filter((statement) => statement.holds === holds).map((statement) => statement.says);
    const toldTo = (allowed: boolean) => told.filter((rule) => rule.allowed === allowed).map((rule) => rule.says);
    return {
      name: known.displayName,
      model: `${known.hardwareVendor} ${known.hardwareModel}`.trim(),
      personal,
      enrolledAt: known.enrolledAt,
      lastSeenAt: known.lastSeenAt,
      registered: personal && method !== Method.METHOD_APPLE,
      seen: things.filter(({ holds }) => holds).map(({ says, value }) => ({ says, value })),
      unseen: says(things, false),
      scripts: told.some(({ allowed, reveals }) => allowed && reveals),
      may: { told: toldTo(true), besides: says(deeds, true) },
      mayNot: { told: toldTo(false), besides: says(deeds, false) },
      doings: [...sent.map(doingOf), ...asked.map(questionOf)].sort(newestFirst),
      failing: verdicts
        .filter(({ verdict }) => verdict === Verdict.VERDICT_FAIL)
        .map(({ policyName, resolution, since }) => ({ name: policyName, advice: resolution, since })),
      passing: verdicts.filter(({ verdict }) => verdict === Verdict.VERDICT_PASS).map(({ policyName }) => policyName),
    };
  }

  /** Whose visit it is, by the device as it is now. */
  async device(session: OwnerSession): Promise<Device> {
    const { deviceId, tenant } = session;
    const { device } = await this.#services.inventory.describeCollection({ deviceId }, { tenant, actor: OWNER });
    return theirs(session, device);
  }

  /** Asks the device to tell all anew, as an administrator could. */
  async refetch({ deviceId, tenant }: OwnerSession, { method }: Pick<Device, "method">): Promise<void> {
    const { commands, devices } = this.#services;
    const caller = { tenant, actor: OWNER };
    if (method === Method.METHOD_APPLE) await commands.enqueueCommands(refetchOrder(deviceId), caller);
    else await devices.refetch({ deviceId }, caller);
  }
}

function theirs(session: OwnerSession, device: Device | undefined): Device {
  if (device === undefined || !isStillTheirs(session, device))
    throw refuse("owner.no_session", "the device has left or enrolled anew: open its page from the device again");
  return device;
}

const refetchOrder = (deviceId: string) => ({
  deviceIds: [deviceId],
  type: CommandType.COMMAND_TYPE_REFETCH,
  runScript: undefined,
  reason: "asked for by the device's owner",
  expiresInSeconds: 0,
  apple: undefined,
  lock: undefined,
  wipe: undefined,
  lostMode: undefined,
  selection: undefined,
});

const newestFirst = (one: Doing, other: Doing): number => (other.at?.getTime() ?? 0) - (one.at?.getTime() ?? 0);

const COMMANDED: Readonly<Record<CommandType, string>> = {
  [CommandType.COMMAND_TYPE_UNSPECIFIED]: "Do something",
  [CommandType.COMMAND_TYPE_RUN_SCRIPT]: "Run a script",
  [CommandType.COMMAND_TYPE_REFETCH]: "Answer all its questions again",
  [CommandType.COMMAND_TYPE_RESTART]: "Restart",
  [CommandType.COMMAND_TYPE_SHUTDOWN]: "Switch itself off",
  [CommandType.COMMAND_TYPE_APPLE]: "Apple's command",
  [CommandType.COMMAND_TYPE_LOCK]: "Lock itself",
  [CommandType.COMMAND_TYPE_WIPE]: "Erase everything on it",
  [CommandType.COMMAND_TYPE_CLEAR_PASSCODE]: "Remove its passcode",
  [CommandType.COMMAND_TYPE_ENABLE_LOST_MODE]: "Lock itself as lost",
  [CommandType.COMMAND_TYPE_DISABLE_LOST_MODE]: "End being lost",
  [CommandType.COMMAND_TYPE_LOCATE]: "Say where it is",
  [CommandType.COMMAND_TYPE_UNENROLL]: "Be managed no longer",
};

const OUTCOMES: Readonly<Record<CommandState, string>> = {
  [CommandState.COMMAND_STATE_UNSPECIFIED]: "",
  [CommandState.COMMAND_STATE_QUEUED]: "waits for the device",
  [CommandState.COMMAND_STATE_DELIVERED]: "the device has it",
  [CommandState.COMMAND_STATE_RUNNING]: "under way",
  [CommandState.COMMAND_STATE_ACKNOWLEDGED]: "done",
  [CommandState.COMMAND_STATE_FAILED]: "failed",
  [CommandState.COMMAND_STATE_EXPIRED]: "too late, not done",
  [CommandState.COMMAND_STATE_CANCELLED]: "withdrawn",
};

const doingOf = ({ apple, createdAt, createdBy, reason, state, type }: Command): Doing => ({
  what: COMMANDED[type],
  text: [apple?.requestType ?? "", reason].filter((each) => each !== "").join(": "),
  who: whoAsked(createdBy),
  at: createdAt,
  outcome: OUTCOMES[state],
});

type Asked = Awaited<ReturnType<ClientOf<InventoryOwner>["listAskedOfDevice"]>>["asked"][number];

const questionOf = ({ answeredAt, askedAt, askedBy, kind, text }: Asked): Doing => ({
  what: kind === "file" ? "Copy a file" : "Answer a question",
  text,
  // Who asked for a file is in the audit trail alone.
  who: askedBy === "" ? "somebody of your organisation" : whoAsked(askedBy),
  at: askedAt,
  outcome: answeredAt === undefined ? "not answered" : "answered",
});
