import { setTimeout as delay } from "node:timers/promises";
import { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import { sharedKeys } from "../simulators/apple/crypto/key-pair.ts";
import { mdmSigner } from "../simulators/apple/crypto/mdm-signer.ts";
import { drawAppleHardware } from "../simulators/apple/hardware/apple-hardware.ts";
import { writePlist } from "../simulators/apple/plist/write-plist.ts";
import type { openAppleDoor } from "../simulators/apple/wire/apple-door.ts";
import { SeededRandom } from "../simulators/seeded-random.ts";

export interface AppleLoadTarget {
  /** The device origin, over TLS. */
  readonly deviceUrl: string;
  /** PEM of the authority behind it. */
  readonly ca: string;
  /** The command service's own doors, behind the ingress: one of each replica. */
  readonly commandUrls: readonly [string, ...string[]];
  readonly gatewayUrl: string;
  readonly token: string;
  /** As a role that may write every service's tables. */
  readonly databaseUrl: string;
  /** Where that database logs. */
  readonly databaseLog: string;
  /** The processes whose cost is told. */
  readonly pids: Readonly<Record<string, number>>;
}

export interface KnownDevice {
  readonly udid: string;
  readonly sign: (body: Buffer) => string;
  /** An Idle is the same each time, and is signed before the clock starts: what is measured is the server. */
  readonly idle: string;
  /** What it will say of each command, signed before the clock starts as well. */
  readonly acknowledgements: Map<string, string>;
}

/** How many devices speak at once while they enroll and say what they are like. */
const AT_ONCE = 16;

/** Devices that enroll over the profile, and how long that took them. */
export async function enrollAll(
  target: AppleLoadTarget,
  count: number,
  door: ReturnType<typeof openAppleDoor>,
): Promise<[SimulatedAppleDevice[], number]> {
  const response = await api<{ token: string }>(target, "/api/v1/enrollment-tokens", { name: "load", maxUses: count });
  const url = `${target.deviceUrl}/apple/enroll/${response.token}`;
  const keys = sharedKeys(8);
  await Promise.all(Array.from({ length: 8 }, () => keys(2_048)));
  const devices = Array.from({ length: count }, (_, index) => {
    const random = new SeededRandom(`load ${index}`);
    return new SimulatedAppleDevice({
      hardware: drawAppleHardware("Mac", random.fork("hardware")),
      random,
      keys,
      door,
    });
  });
  const startedAt = performance.now();
  await eachOf(devices, (device) => device.enrollFrom(url));
  return [devices, (performance.now() - startedAt) / 1_000];
}

/** Each answers what it is asked at its first contact. */
export const describeAll = (devices: readonly SimulatedAppleDevice[]): Promise<void> =>
  eachOf(devices, (device) => device.poll());

async function eachOf(
  devices: readonly SimulatedAppleDevice[],
  act: (device: SimulatedAppleDevice) => Promise<unknown>,
): Promise<void> {
  const waiting = [...devices];
  const work = async () => {
    for (let device = waiting.pop(); device !== undefined; device = waiting.pop()) await act(device);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

export function knownDevice(target: AppleLoadTarget, device: SimulatedAppleDevice): KnownDevice {
  const { udid } = device.hardware;
  if (device.enrollment === undefined) throw new Error(`${udid} did not enroll`);
  const sign = mdmSigner(device.enrollment.identity, () => new Date());
  const known = { udid, sign, acknowledgements: new Map<string, string>() };
  return { ...known, idle: requestOf(target, known, { UDID: udid, Status: "Idle" }) };
}

function requestOf(
  { commandUrls: [commandUrl] }: AppleLoadTarget,
  { sign }: Pick<KnownDevice, "sign">,
  message: Readonly<Record<string, string>>,
): string {
  const body = Buffer.from(writePlist(message));
  const { host } = new URL(commandUrl);
  return `PUT /apple/connect HTTP/1.1\r\nhost: ${host}\r\nmdm-signature: ${sign(body)}\r\ncontent-length: ${body.length}\r\n\r\n${body.toString("latin1")}`;
}

/** One command for every device, each time another one, so that none takes another's place. */
export async function enqueueToAll(
  target: AppleLoadTarget,
  devices: readonly KnownDevice[],
  identifier: string,
): Promise<void> {
  const { enrollments } = await api<{ enrollments: { deviceId: string; apple: { udid: string } }[] }>(
    target,
    "/api/v1/enrollments?pageSize=1000",
  );
  const { commands } = await enqueue<{ commands: { id: string; deviceId: string }[] }>(
    target,
    enrollments.map(({ deviceId }) => deviceId),
    identifier,
  );
  const udids = new Map(enrollments.map(({ apple, deviceId }) => [deviceId, apple.udid]));
  const owners = new Map(devices.map((device) => [device.udid, device]));
  for (const { deviceId, id } of commands) {
    const owner = owners.get(udids.get(deviceId) ?? "");
    if (owner === undefined) throw new Error(`${deviceId} is not a device of this load`);
    const said = { UDID: owner.udid, Status: "Acknowledged", CommandUUID: id };
    owner.acknowledgements.set(id, requestOf(target, owner, said));
  }
}

/** Asks devices to remove a profile that none of them has. */
export const enqueue = <T>(target: AppleLoadTarget, deviceIds: readonly string[], identifier: string): Promise<T> =>
  api<T>(target, "/api/v1/commands", {
    deviceIds,
    type: "COMMAND_TYPE_APPLE",
    apple: { requestType: "RemoveProfile", parameters: { Identifier: identifier } },
  });

export async function api<T>({ gatewayUrl, token }: AppleLoadTarget, path: string, body?: unknown): Promise<T> {
  for (;;) {
    const response = await fetch(`${gatewayUrl}${path}`, {
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    });
    if (response.ok) return (await response.json()) as T;
    if (response.status !== 429)
      throw new Error(`${path} was answered with ${response.status}: ${await response.text()}`);
    await delay(1_000 * Number(response.headers.get("retry-after") ?? "1"));
  }
}
