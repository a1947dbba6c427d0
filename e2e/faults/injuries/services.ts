import { setTimeout as pause } from "node:timers/promises";
import type { SupervisedProcess } from "@muster/deploy/local/supervise";
import type { SeededRandom } from "../../simulators/seeded-random.ts";
import type { Injury, Patient } from "../injury.ts";

const anyProcess = ({ platform }: Patient, random: SeededRandom): SupervisedProcess =>
  random.pick([...platform.replicas.map(({ process }) => process), platform.ingress]);

/** A crash: no handler runs, nothing is written any more. */
export const killService: Injury = {
  name: "kill -9",
  weight: 5,
  inflict: async (patient, random) => {
    const victim = anyProcess(patient, random);
    await victim.kill("SIGKILL");
    await victim.restart();
    return victim.name;
  },
};

/** A process that stands still and then goes on with what it believed before: a long collection, a moved machine. */
export const stopService: Injury = {
  name: "SIGSTOP",
  weight: 4,
  inflict: async (patient, random) => {
    const victim = anyProcess(patient, random);
    const forMs = random.int(500, 6_000);
    await victim.kill("SIGSTOP");
    await pause(forMs);
    await victim.kill("SIGCONT");
    return `${victim.name} for ${forMs} ms`;
  },
};

/** An upgrade: the process is asked to end, in order. */
export const restartService: Injury = {
  name: "restart",
  weight: 2,
  inflict: async (patient, random) => {
    const victim = anyProcess(patient, random);
    await victim.restart();
    return victim.name;
  },
};
