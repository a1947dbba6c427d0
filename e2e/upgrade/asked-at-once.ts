import { type Finding, finding } from "../faults/checks/check.ts";
import type { Patient } from "../faults/injury.ts";
import { drawAppleHardware } from "../simulators/apple/hardware/apple-hardware.ts";
import type { SeededRandom } from "../simulators/seeded-random.ts";
import { againAndAgain } from "./again-and-again.ts";
import { askDeviceInformation } from "./ask-device-information.ts";
import { enrollApple } from "./enroll-apple.ts";

export interface AskedAtOnce {
  /** How many commands were taken. */
  readonly commands: number;
  stopAsking(): Promise<void>;
  /** Whether what is told of so many at once was ever written as one: else none of this was tried. */
  check(): Promise<Finding>;
}

interface AskedAtOnceOptions {
  readonly patient: Patient;
  readonly ca: string;
  readonly random: SeededRandom;
  readonly everyMs: number;
}

/** From so many on, the events of one request are a row that they share. */
const DEVICES = 64;

/** Macs that are all alike and switched off, and somebody who asks all of them at once, again and again. */
export async function startAskingAtOnce(
  { ca, everyMs, patient, random }: AskedAtOnceOptions,
  closing: AsyncDisposableStack,
): Promise<AskedAtOnce> {
  const { model, os } = drawAppleHardware("Mac", random);
  const hardware = Array.from({ length: DEVICES }, () => drawAppleHardware("Mac", random, { model, os }));
  const { ids } = await enrollApple({ patient, ca, random, hardware }, closing);
  let commands = 0;
  const stopAsking = againAndAgain({ everyMs, random }, async () => {
    commands += (await askDeviceInformation(patient.api, ids, random.uuid())).length;
  });
  return {
    get commands() {
      return commands;
    },
    stopAsking,
    check: async () => {
      const rows = await patient.withDatabase(async (client) => {
        const { rows } = await client.query<{ rows: number }>("select count(*)::int as rows from command.outbox_alike");
        return rows[0]?.rows ?? 0;
      });
      return finding(
        "events that are alike were written as one while that was read",
        rows,
        rows === 0 ? [`none of ${commands} was`] : [],
      );
    },
  };
}
