import { setTimeout as delay } from "node:timers/promises";
import { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import { sharedKeys } from "../simulators/apple/crypto/key-pair.ts";
import { mdmSigner } from "../simulators/apple/crypto/mdm-signer.ts";
import { drawAppleHardware } from "../simulators/apple/hardware/apple-hardware.ts";
import { writePlist } from "../simulators/apple/plist/write-plist.ts";
import { openAppleDoor } from "../simulators/apple/wire/apple-door.ts";
import { SeededRandom } from "../simulators/seeded-random.ts";
import { measureQueue } from "./apple-queue.ts";
import { closedLoop, type LoadRequest } from "./closed-loop.ts";
import { type LoadReport, Measurements } from "./load-report.ts";
import { usageOf } from "./process-usage.ts";
import { untilQuiet } from "./until-quiet.ts";

export interface AppleLoadTarget {
  /** The device origin, over TLS. */
  readonly deviceUrl: string;
  /** PEM of the authority behind it. */
  readonly ca: string;
  /** The command service's own door, behind the ingress. */
  readonly commandUrl: string;
  readonly gatewayUrl: string;
  readonly token: string;
  /** As a role that may write every service's tables. */
  readonly databaseUrl: string;
  /** The processes whose cost is told. */
  readonly pids: Readonly<Record<string, number>>;
}

export interface AppleLoadOptions {
  readonly devices: number;
  readonly rounds: number;
  readonly roundMs: number;
  readonly connections: number;
  readonly progress: (sentence: string) => void;
}

interface KnownDevice {
  readonly udid: string;
  readonly sign: (body: Buffer) => string;
  /** An Idle is the same each time, and is signed before the clock starts: what is measured is the server. */
  readonly idle: string;
  /** What it will say of each command, signed before the clock starts as well. */
  readonly acknowledgements: Map<string, string>;
}

/** How many devices enroll at once. */
const ENROLLING = 16;
const COMMANDS = 10;
/** How long one device checks in, again and again. */
const CHECK_IN_MS = 2_000;

/** Measures Apple's command channel: devices with nothing to do, devices with commands, and enrollments. */
export async function appleLoad(target: AppleLoadTarget, options: AppleLoadOptions): Promise<LoadReport> {
  const { connections, devices: count, progress, roundMs, rounds } = options;
  const measurements = new Measurements();
  progress(`${count} devices enroll`);
  const door = openAppleDoor({ ca: target.ca });
  const [devices, enrollSeconds] = await enrollAll(target, count, door);
  measurements.add("apple.enroll_per_s", count / enrollSeconds, "1/s");
  const known = devices.map((device) => knownDevice(target, device));
  // A device may not be in two sessions at once: each connection has devices of its own.
  const places = Math.min(connections, known.length);
  const ownOf = Array.from({ length: places }, (_, place) =>
    known.filter((_device, index) => index % places === place),
  );

  for (let round = 1; round <= rounds; round++) {
    progress(`round ${round} of ${rounds}: devices with nothing to do`);
    const turns = ownOf.map(() => 0);
    const idle = await closedLoop({
      url: target.commandUrl,
      connections: places,
      forMs: roundMs,
      next: (place) => {
        const own = ownOf[place] ?? [];
        const turn = turns[place] ?? 0;
        turns[place] = turn + 1;
        return { bytes: own[turn % own.length]?.idle ?? "" };
      },
    });
    mustAllBe(200, idle.statuses);
    measurements.add("apple.idle_checkins_per_s", idle.perSecond, "1/s");
    measurements.add("apple.idle_checkin_ms_p99", idle.p99Ms, "ms");

    progress(`round ${round} of ${rounds}: ${COMMANDS} commands for each device`);
    for (let each = 0; each < COMMANDS; each++) await enqueueToAll(target, known, `load.${round}.${each}`);
    await untilQuiet(target.pids);
    const left = ownOf.map((own) => [...own]);
    let carriedOut = 0;
    const session = (device: KnownDevice): LoadRequest => ({
      bytes: device.idle,
      answered: (_status, body) => next(device, body),
    });
    const next = (device: KnownDevice, body: string): LoadRequest | undefined => {
      const uuid = /<key>CommandUUID<\/key>\s*<string>([^<]+)</.exec(body)?.[1];
      if (uuid === undefined) return undefined;
      const bytes = device.acknowledgements.get(uuid.toLowerCase());
      if (bytes === undefined) throw new Error(`${device.udid} was handed ${uuid}, which is not its own`);
      carriedOut++;
      return { bytes, answered: (_status, answer) => next(device, answer) };
    };
    const before = await usageOf(target.pids);
    const loop = await closedLoop({
      url: target.commandUrl,
      connections: places,
      wantBody: true,
      next: (place) => {
        const device = left[place]?.pop();
        return device === undefined ? undefined : session(device);
      },
    });
    mustAllBe(200, loop.statuses);
    measurements.add("apple.command_rounds_per_s", carriedOut / loop.seconds, "1/s");
    for (const [process, { cpuSeconds }] of await usageOf(target.pids)) {
      const spent = cpuSeconds - (before.get(process)?.cpuSeconds ?? 0);
      measurements.add(`${process}.us_each_command_round`, (spent / carriedOut) * 1e6, "µs");
    }
  }
  await measureManyCommands(target, devices[0], { measurements, progress, rounds });
  await door.close();
  return measurements.report();
}

/** What depends on how many commands there are: of one device, and in one request. */
async function measureManyCommands(
  target: AppleLoadTarget,
  device: SimulatedAppleDevice | undefined,
  options: { measurements: Measurements; progress: (sentence: string) => void; rounds: number },
): Promise<void> {
  if (device === undefined) return;
  const { enrollments } = await api<{ enrollments: { deviceId: string; hardwareSerial: string; tenantId: string }[] }>(
    target,
    "/api/v1/enrollments?pageSize=1000",
  );
  const found = enrollments.find(({ hardwareSerial }) => hardwareSerial === device.hardware.serial);
  const { tenantId } = await api<{ tenantId: string }>(target, "/api/v1/me");
  const { idle } = knownDevice(target, device);
  const checkInMs = async (): Promise<number> => {
    const loop = await closedLoop({
      url: target.commandUrl,
      connections: 1,
      forMs: CHECK_IN_MS,
      next: () => ({ bytes: idle }),
    });
    mustAllBe(200, loop.statuses);
    return loop.p50Ms;
  };
  await measureQueue(
    { databaseUrl: target.databaseUrl, tenant: tenantId, pids: target.pids },
    {
      deviceId: found?.deviceId ?? "",
      checkInMs,
      enrollAgain: async () => {
        const { token } = await api<{ token: string }>(target, "/api/v1/enrollment-tokens", {
          name: "load",
          maxUses: 1,
        });
        await device.eraseByHand();
        await device.enrollFrom(`${target.deviceUrl}/apple/enroll/${token}`);
      },
    },
    (deviceIds, identifier) =>
      api(target, "/api/v1/commands", {
        deviceIds,
        type: "COMMAND_TYPE_APPLE",
        apple: { requestType: "RemoveProfile", parameters: { Identifier: identifier } },
      }),
    options,
  );
}

async function enrollAll(
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
  const waiting = [...devices];
  const startedAt = performance.now();
  const work = async () => {
    for (let device = waiting.pop(); device !== undefined; device = waiting.pop()) await device.enrollFrom(url);
  };
  await Promise.all(Array.from({ length: ENROLLING }, work));
  const seconds = (performance.now() - startedAt) / 1_000;
  // What a device is asked at its first contact is answered before anything is measured.
  for (const device of devices) await device.poll();
  return [devices, seconds];
}

function knownDevice(target: AppleLoadTarget, device: SimulatedAppleDevice): KnownDevice {
  const { udid } = device.hardware;
  if (device.enrollment === undefined) throw new Error(`${udid} did not enroll`);
  const sign = mdmSigner(device.enrollment.identity, () => new Date());
  const known = { udid, sign, acknowledgements: new Map<string, string>() };
  return { ...known, idle: requestOf(target, known, { UDID: udid, Status: "Idle" }) };
}

function requestOf(
  { commandUrl }: AppleLoadTarget,
  { sign }: Pick<KnownDevice, "sign">,
  message: Readonly<Record<string, string>>,
): string {
  const body = Buffer.from(writePlist(message));
  const { host } = new URL(commandUrl);
  return `PUT /apple/connect HTTP/1.1\r\nhost: ${host}\r\nmdm-signature: ${sign(body)}\r\ncontent-length: ${body.length}\r\n\r\n${body.toString("latin1")}`;
}

/** One command for every device, each time another one, so that none takes another's place. */
async function enqueueToAll(
  target: AppleLoadTarget,
  devices: readonly KnownDevice[],
  identifier: string,
): Promise<void> {
  const { enrollments } = await api<{ enrollments: { deviceId: string; apple: { udid: string } }[] }>(
    target,
    "/api/v1/enrollments?pageSize=1000",
  );
  const { commands } = await api<{ commands: { id: string; deviceId: string }[] }>(target, "/api/v1/commands", {
    deviceIds: enrollments.map(({ deviceId }) => deviceId),
    type: "COMMAND_TYPE_APPLE",
    apple: { requestType: "RemoveProfile", parameters: { Identifier: identifier } },
  });
  const udids = new Map(enrollments.map(({ apple, deviceId }) => [deviceId, apple.udid]));
  const owners = new Map(devices.map((device) => [device.udid, device]));
  for (const { deviceId, id } of commands) {
    const owner = owners.get(udids.get(deviceId) ?? "");
    if (owner === undefined) throw new Error(`${deviceId} is not a device of this load`);
    const said = { UDID: owner.udid, Status: "Acknowledged", CommandUUID: id };
    owner.acknowledgements.set(id, requestOf(target, owner, said));
  }
}

async function api<T>({ gatewayUrl, token }: AppleLoadTarget, path: string, body?: unknown): Promise<T> {
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

function mustAllBe(wanted: number, statuses: ReadonlyMap<number, number>): void {
  for (const [status, times] of statuses)
    if (status !== wanted) throw new Error(`${times} requests were answered with ${status}`);
}
