import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Replica } from "@muster/deploy/local/services";
import { checkAll } from "../faults/checks/all.ts";
import { type Finding, finding } from "../faults/checks/check.ts";
import { noErrorLogged } from "../faults/checks/no-error-logged.ts";
import { nothingSetAside } from "../faults/checks/nothing-set-aside.ts";
import { workShared } from "../faults/checks/work-shared.ts";
import { healed } from "../faults/healed.ts";
import { setStage } from "../faults/stage.ts";
import { startChangingHosts } from "../faults/work/changing-hosts.ts";
import { watchWork } from "../faults/work/work-of-replicas.ts";
import { SeededRandom } from "../simulators/seeded-random.ts";
import { askAllAlong } from "./asked-all-along.ts";
import { startAskingAtOnce } from "./asked-at-once.ts";
import { startCommandedApple } from "./commanded-apple.ts";
import { layOut } from "./earlier-version.ts";

export interface UpgradeOptions {
  /** The folder of this version. */
  readonly root: string;
  /** The revision that is upgraded from, and gone back to. */
  readonly from: string;
  readonly hosts: number;
  readonly agents: number;
  readonly apple: number;
  /** How long both versions serve beside each other, each time. */
  readonly besideMs: number;
  /** Whether the folders, with the logs, stay. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
}

export interface UpgradeReport {
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<string, number>>;
}

const REPLICAS = 2;
const STARTS = 5;
/** A device tries again after four seconds at most, and a request may take a while on a busy machine. */
const LONGEST_WAIT_MS = 10_000;
/** Of events that stand in a row that they share, which a version before these rows does not look into when it compares. */
const STRANGE_TO_THE_EARLIER = "events were heard that their publisher does not have";

/** Upgrades a platform from an earlier version under load and rolls it back, and checks what its devices saw of that. */
export async function runUpgrade(options: UpgradeOptions): Promise<UpgradeReport> {
  const { root, from, keep } = options;
  const startedAt = performance.now();
  const say = (line: string): void =>
    options.say(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
  await using closing = new AsyncDisposableStack();
  const home = join(tmpdir(), `muster-upgrade-${randomBytes(5).toString("hex")}`);
  await mkdir(home);
  if (!keep) closing.defer(() => rm(home, { recursive: true, force: true }));
  const earlier = join(home, "earlier");
  say(`the earlier version is laid out in ${earlier}`);
  await layOut(root, from, earlier);

  const random = new SeededRandom("upgrade");
  const stage = await setStage(
    {
      seed: "upgrade",
      hosts: options.hosts,
      agents: options.agents,
      replicas: REPLICAS,
      rollBackMs: 0,
      keep,
      say,
      root: earlier,
      // As in the images, a start finds what the code compiles to.
      environment: { NODE_COMPILE_CACHE: join(home, "compiled") },
    },
    random,
    closing,
  );
  const { patient, api, fleet, deviceIds, commanded } = stage;
  const { platform } = patient;
  const ca = await readFile(platform.files.serverCaCert, "utf8");
  say(`${options.apple} Apple devices enroll`);
  const apple = await startCommandedApple(
    { patient, ca, count: options.apple, random: random.fork("apple"), everyMs: 1_000 },
    closing,
  );
  say("many more of them enroll and are switched off");
  const atOnce = await startAskingAtOnce({ patient, ca, random: random.fork("at once"), everyMs: 1_000 }, closing);
  const changing = startChangingHosts({ fleet, api, deviceIds, random: random.fork("changes"), perSecond: 5 });
  const asking = askAllAlong(api);
  const soFar = (): string =>
    `${commanded.taken.length + apple.taken.length + atOnce.commands} commands, ${changing.changes} changes, ${asking.answered} answers`;
  const beside = async (what: string): Promise<Finding> => {
    say(`${what} (${soFar()})`);
    const working = watchWork(platform.replicas);
    await pause(options.besideMs);
    const shared = workShared(await working.stop());
    return { ...shared, invariant: `${what}: every replica did its part` };
  };

  const findings: Finding[] = [await beside("the earlier version serves")];
  say("schemas and streams of this version, beside services of the earlier one");
  await platform.prepareFor(root);
  findings.push(await beside("the earlier version serves on this version's schema"));

  const [first, second] = [0, 1].map((place) => replicasAt(platform.replicas, place)) as [Replica[], Replica[]];
  say("one replica of each service is of this version");
  await replace(second, root, say);
  findings.push(await beside("both versions serve"));
  say("the other replicas follow");
  await replace(first, root, say);
  findings.push(await beside("this version serves"));

  say("rolled back: the earlier version's steps, on what is newer");
  await platform.prepareFor(earlier);
  say("one replica of each service is of the earlier version");
  await replace(second, earlier, say);
  findings.push(await beside("both versions serve again"));
  say("the other replicas follow");
  await replace(first, earlier, say);
  findings.push(await beside("the earlier version serves again"));

  await Promise.all([changing.stop(), commanded.stopCommanding(), apple.stopCommanding(), atOnce.stopAsking()]);
  say(`the load ends (${soFar()}); until everything is heard`);
  const answered = await asking.stop();
  const missing = await healed(patient, stage.listeners, say);
  const longestWaits = [
    ...fleet.hosts.map((host) => [host.facts.identity.name, host.longestWaitMs] as const),
    ...commanded.agents.map((agent) => [agent.enrollment.deviceId, agent.longestWaitMs()] as const),
    ["an Apple device", apple.longestWaitMs] as const,
  ];
  findings.push(
    answered,
    finding(
      `no device waited longer than ${LONGEST_WAIT_MS / 1_000} s for an answer`,
      longestWaits.length,
      longestWaits.filter(([, ms]) => ms > LONGEST_WAIT_MS).map(([name, ms]) => `${name} waited ${Math.round(ms)} ms`),
    ),
    finding(
      "no device was refused, or enrolled anew",
      fleet.hosts.length,
      fleet.hosts.flatMap(({ facts, ledger }) =>
        ledger.counts.enrolled > 1 ? [`${facts.identity.name} enrolled ${ledger.counts.enrolled} times`] : [],
      ),
    ),
    await apple.check(api),
    await atOnce.check(),
    ...(await checkAll(stage, missing)),
    await nothingSetAside(api),
    await noErrorLogged(platform.replicas, [STRANGE_TO_THE_EARLIER]),
  );
  say("done");
  return {
    findings,
    counts: {
      "commands taken by agents": commanded.taken.length,
      "commands taken by Apple devices": apple.taken.length,
      "commands for many devices at once": atOnce.commands,
      "facts changed": changing.changes,
      "requests answered": asking.answered,
      "requests cut off and asked again": asking.cutOff,
      "longest wait of a device, ms": Math.round(Math.max(...longestWaits.map(([, ms]) => ms))),
      "webhook deliveries": patient.receiver.arrivals.all().length,
    },
  };
}

/** One replica of each service, all services at once, as one release on Kubernetes does; a start that fails is followed by another. */
async function replace(replicas: readonly Replica[], root: string, say: (line: string) => void): Promise<void> {
  const one = async (replica: Replica, starts = STARTS): Promise<void> => {
    try {
      await replica.restartFrom(root);
    } catch (error) {
      if (starts === 1) throw error;
      say(`${replica.process.name} is started once more: ${error instanceof Error ? error.message : String(error)}`);
      await one(replica, starts - 1);
    }
  };
  await Promise.all(replicas.map((replica) => one(replica)));
}

const replicasAt = (replicas: readonly Replica[], place: number): Replica[] =>
  [...Map.groupBy(replicas, ({ service }) => service).values()].flatMap((own) => own[place] ?? []);
