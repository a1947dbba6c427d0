import type { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import type { AppleEntry, EntryOf } from "../simulators/apple/ledger.ts";
import { openAppleDoor } from "../simulators/apple/wire/apple-door.ts";
import {
  type AppleLoadTarget,
  api,
  describeAll,
  enqueue,
  enqueueToAll,
  enrollAll,
  type KnownDevice,
  knownDevice,
} from "./apple-fleet.ts";
import { measureQueue } from "./apple-queue.ts";
import { type ClosedLoopOptions, closedLoop, type LoadRequest } from "./closed-loop.ts";
import { addCostOfEach } from "./cost-of-each.ts";
import { type LoadReport, type Measurements, measured } from "./load-report.ts";
import { serviceOf } from "./process-usage.ts";
import { whileStill } from "./standing-still.ts";
import { untilQuiet } from "./until-quiet.ts";

export interface AppleLoadOptions {
  readonly devices: number;
  readonly rounds: number;
  readonly roundMs: number;
  readonly connections: number;
  readonly progress: (sentence: string) => void;
}

const COMMANDS = 10;
/** Who carries Apple's command channel; all others hear of it over the bus. */
const CHANNEL: ReadonlySet<string> = new Set(["command", "postgres"]);
/** How long one device checks in, again and again. */
const CHECK_IN_MS = 2_000;
/** What an enqueueing told is worked off in this time, or goes on behind what is measured next. */
const QUIET_WITHIN_MS = 20_000;

/** Measures Apple's command channel: devices with nothing to do, devices with commands, and enrollments. */
export const appleLoad = (target: AppleLoadTarget, options: AppleLoadOptions): Promise<LoadReport> =>
  measured(async (measurements) => {
    const { connections, devices: count, progress, rounds } = options;
    progress(`${count} devices enroll`);
    const door = openAppleDoor({ ca: target.ca });
    try {
      const [devices, enrollSeconds] = await enrollAll(target, count, door);
      progress(`enrolled in ${enrollSeconds.toFixed(0)} s; the devices say what they are like`);
      await describeAll(devices);
      measurements.add("apple.enroll_per_s", count / enrollSeconds, "1/s");
      const known = devices.map((device) => knownDevice(target, device));
      // A device may not be in two sessions at once: each connection has devices of its own.
      const places = Math.min(connections, known.length);
      const ownOf = Array.from({ length: places }, (_, place) =>
        known.filter((_device, index) => index % places === place),
      );
      for (let round = 1; round <= rounds; round++) {
        progress(`round ${round} of ${rounds}: devices with nothing to do`);
        await measureIdle(target, ownOf, options, measurements);
        const ask = async (why: string): Promise<void> => {
          for (let each = 0; each < COMMANDS; each++) await enqueueToAll(target, known, `load.${why}.${round}.${each}`);
          await untilQuiet(target.pids, QUIET_WITHIN_MS);
        };
        progress(`round ${round} of ${rounds}: ${COMMANDS} commands for each device`);
        await ask("all");
        await measureRounds(target, ownOf, measurements, "command_round");
        progress(`round ${round} of ${rounds}: the same while the bus and all who listen to it stand still`);
        await ask("channel");
        const others = Object.entries(target.pids).filter(([name]) => !CHANNEL.has(serviceOf(name)));
        await whileStill(
          others.map(([, pid]) => pid),
          () => measureRounds(target, ownOf, measurements, "channel_round"),
        );
        await untilQuiet(target.pids, QUIET_WITHIN_MS);
      }
      await measureManyCommands(target, devices[0], { measurements, progress, rounds });
    } finally {
      await door.close();
    }
  });

type Places = readonly (readonly KnownDevice[])[];

/** One for each place, to the replicas in turn. */
const connectionsTo = ({ commandUrls }: AppleLoadTarget, { length }: Places) => ({
  url: commandUrls[0],
  origins: commandUrls,
  connections: length,
});

async function measureIdle(
  target: AppleLoadTarget,
  ownOf: Places,
  { roundMs }: AppleLoadOptions,
  measurements: Measurements,
): Promise<void> {
  const turns = ownOf.map(() => 0);
  await addCostOfEach(target, "idle_checkin", measurements, async () => {
    const idle = await closedLoop({
      ...connectionsTo(target, ownOf),
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
    return idle.requests;
  });
}

/** Each device comes and does all that it was asked; a round is a command's delivery and its answer. */
async function measureRounds(
  target: AppleLoadTarget,
  ownOf: Places,
  measurements: Measurements,
  name: "command_round" | "channel_round",
): Promise<void> {
  const left = ownOf.map((own) => [...own]);
  let carriedOut = 0;
  const next = (device: KnownDevice, body: string): LoadRequest | undefined => {
    const uuid = /<key>CommandUUID<\/key>\s*<string>([^<]+)</.exec(body)?.[1];
    if (uuid === undefined) return undefined;
    const bytes = device.acknowledgements.get(uuid.toLowerCase());
    if (bytes === undefined) throw new Error(`${device.udid} was handed ${uuid}, which is not its own`);
    carriedOut++;
    return { bytes, answered: (_status, answer) => next(device, answer) };
  };
  await addCostOfEach(target, name, measurements, async () => {
    const loop = await closedLoop({
      ...connectionsTo(target, ownOf),
      wantBody: true,
      next: (place) => {
        const device = left[place]?.pop();
        return device && { bytes: device.idle, answered: (_status, body) => next(device, body) };
      },
    });
    mustAllBe(200, loop.statuses);
    measurements.add(`apple.${name}s_per_s`, carriedOut / loop.seconds, "1/s");
    return carriedOut;
  });
}

/** What depends on how many commands there are: of one device, and in one request. */
async function measureManyCommands(
  target: AppleLoadTarget,
  device: SimulatedAppleDevice | undefined,
  options: { measurements: Measurements; progress: (sentence: string) => void; rounds: number },
): Promise<void> {
  if (device === undefined) return;
  const { enrollments } = await api<{ enrollments: { deviceId: string; hardwareSerial: string }[] }>(
    target,
    "/api/v1/enrollments?pageSize=1000",
  );
  const found = enrollments.find(({ hardwareSerial }) => hardwareSerial === device.hardware.serial);
  const { tenantId } = await api<{ tenantId: string }>(target, "/api/v1/me");
  const { idle } = knownDevice(target, device);
  const p50Ms = async (requests: Pick<ClosedLoopOptions, "next" | "forMs">): Promise<number> => {
    const loop = await closedLoop({ url: target.commandUrls[0], connections: 1, ...requests });
    mustAllBe(200, loop.statuses);
    return loop.p50Ms;
  };
  await measureQueue(
    { ...target, tenant: tenantId },
    {
      deviceId: found?.deviceId ?? "",
      checkInMs: () => p50Ms({ forMs: CHECK_IN_MS, next: () => ({ bytes: idle }) }),
      enrollAgain: async () => {
        const maxUses = { name: "load", maxUses: 1 };
        const { token } = await api<{ token: string }>(target, "/api/v1/enrollment-tokens", maxUses);
        await device.eraseByHand();
        await device.enrollFrom(`${target.deviceUrl}/apple/enroll/${token}`);
        // A device introduces itself as soon as it has its certificate.
        const certifiedAt = timeOfLast(device.ledger.of("certificate"));
        const introducedAt = timeOfLast(device.ledger.of("checkin").filter(isTokenUpdate));
        const visits = [{ bytes: knownDevice(target, device).idle }];
        return { introducedMs: introducedAt - certifiedAt, visitMs: await p50Ms({ next: () => visits.pop() }) };
      },
    },
    (deviceIds, identifier) => enqueue(target, deviceIds, identifier),
    options,
  );
}

const timeOfLast = (entries: readonly AppleEntry[]): number => Date.parse(entries.at(-1)?.at ?? "");

const isTokenUpdate = ({ messageType }: EntryOf<"checkin">): boolean => messageType === "TokenUpdate";

function mustAllBe(wanted: number, statuses: ReadonlyMap<number, number>): void {
  for (const [status, times] of statuses)
    if (status !== wanted) throw new Error(`${times} requests were answered with ${status}`);
}
