import type { DeviceParts } from "../device-parts.ts";
import type { Json, JsonObject } from "./declaration.ts";

/** What the device is waiting to install because a declaration says so. */
export interface PendingUpdate {
  readonly version: string;
  readonly build: string | undefined;
  /** Local time without a zone, as declared. */
  readonly deadline: string;
  readonly declaration: string;
  readonly state: "waiting" | "failed";
  readonly failure: string | undefined;
}

export interface StatusContext {
  readonly parts: DeviceParts;
  /** How many digits a passcode needs. */
  readonly passcodeLength: number;
  readonly pendingUpdate: PendingUpdate | undefined;
}

type Item = (context: StatusContext) => Json | undefined;

const FAMILY = { Mac: "Mac", iPhone: "iPhone", iPad: "iPad", AppleTV: "AppleTV" } as const;

const corporate =
  (item: Item): Item =>
  (context) =>
    context.parts.state.userEnrollment ? undefined : item(context);

const installReason = ({ pendingUpdate }: StatusContext): JsonObject => ({
  reason: pendingUpdate === undefined ? [] : ["declaration"],
  ...(pendingUpdate === undefined ? {} : { "declaration-id": pendingUpdate.declaration }),
});

const failureReason = ({ pendingUpdate, parts }: StatusContext): JsonObject =>
  pendingUpdate?.failure === undefined
    ? { count: 0 }
    : { count: 1, reason: pendingUpdate.failure, timestamp: parts.now().toISOString() };

const pendingVersion = ({ pendingUpdate }: StatusContext): JsonObject =>
  pendingUpdate === undefined
    ? {}
    : {
        "os-version": pendingUpdate.version,
        ...(pendingUpdate.build === undefined ? {} : { "build-version": pendingUpdate.build }),
        "target-local-date-time": pendingUpdate.deadline,
      };

/** By dotted path; `management.*` belongs to the client itself. Undefined: this device does not have it. */
export const STATUS_ITEMS: Readonly<Record<string, Item>> = {
  "device.identifier.serial-number": corporate(({ parts }) => parts.hardware.serial),
  "device.identifier.udid": corporate(({ parts }) => parts.hardware.udid),
  "device.model.family": ({ parts }) => FAMILY[parts.hardware.kind],
  "device.model.identifier": ({ parts }) => parts.hardware.model.product,
  "device.model.marketing-name": ({ parts }) => parts.hardware.model.marketingName,
  "device.model.number": ({ parts }) => `${parts.hardware.model.number}LL/A`,
  "device.operating-system.build-version": ({ parts }) => parts.state.os.build,
  "device.operating-system.family": ({ parts }) => parts.state.os.family,
  "device.operating-system.marketing-name": ({ parts }) => parts.state.os.marketingName,
  "device.operating-system.version": ({ parts }) => parts.state.os.version,
  "device.operating-system.supplemental.build-version": ({ parts }) => parts.state.os.build,
  "device.operating-system.supplemental.extra-version": () => "",
  "device.power.battery-health": ({ parts }) => (parts.hardware.kind === "AppleTV" ? undefined : "normal"),
  "diskmanagement.filevault.enabled": ({ parts }) =>
    parts.hardware.kind === "Mac" ? parts.state.fileVaultKey !== undefined : undefined,
  "passcode.is-present": ({ parts }) =>
    parts.hardware.kind === "AppleTV" ? undefined : parts.state.passcode !== undefined,
  "passcode.is-compliant": ({ parts, passcodeLength }) =>
    parts.hardware.kind === "AppleTV" ? undefined : (parts.state.passcode?.length ?? 0) >= passcodeLength,
  "softwareupdate.device-id": ({ parts }) => parts.hardware.softwareUpdateDeviceId,
  "softwareupdate.install-state": ({ pendingUpdate }) => pendingUpdate?.state ?? "none",
  "softwareupdate.install-reason": installReason,
  "softwareupdate.failure-reason": failureReason,
  "softwareupdate.pending-version": pendingVersion,
  "softwareupdate.beta-enrollment": () => "",
  "mdm.app": ({ parts }) =>
    parts.hardware.kind === "Mac"
      ? undefined
      : [...parts.state.managedApps].map(([identifier]) => ({ identifier, state: "managed", name: identifier })),
  "test.string-value": () => "hello",
  "test.integer-value": () => 42,
  "test.real-value": () => 0.5,
  "test.boolean-value": () => true,
  "test.array-value": () => [{ identifier: "a", value: 1 }],
  "test.dictionary-value": () => ({ key: "value" }),
};
