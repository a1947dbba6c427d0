import { setTimeout as pause } from "node:timers/promises";
import { type Finding, finding } from "../faults/checks/check.ts";
import type { Patient } from "../faults/injury.ts";
import type { RestClient } from "../journeys/testing/rest-client.ts";
import { drawAppleHardware } from "../simulators/apple/hardware/apple-hardware.ts";
import type { AppleDoor } from "../simulators/apple/wire/apple-door.ts";
import type { SeededRandom } from "../simulators/seeded-random.ts";
import { Wait } from "../simulators/wait.ts";
import { againAndAgain } from "./again-and-again.ts";
import { askDeviceInformation } from "./ask-device-information.ts";
import { enrollApple } from "./enroll-apple.ts";

export interface CommandedApple {
  readonly taken: readonly string[];
  readonly longestWaitMs: number;
  /** Gives no more commands; devices go on asking. */
  stopCommanding(): Promise<void>;
  /** Waits until each command is done, and looks at what the devices say of it. */
  check(api: RestClient): Promise<Finding>;
}

interface CommandEnd {
  readonly state: string;
  readonly endedAt?: string;
}

interface CommandedAppleOptions {
  readonly patient: Patient;
  readonly ca: string;
  readonly count: number;
  readonly random: SeededRandom;
  readonly everyMs: number;
}

const POLL_MS = 1_000;
const RECONNECT_MS = 500;
const END_WITHIN_MS = 60_000;

/** Apple devices that ask for commands once a second, and somebody who gives them some. */
export async function startCommandedApple(
  { patient, ca, count, random, everyMs }: CommandedAppleOptions,
  closing: AsyncDisposableStack,
): Promise<CommandedApple> {
  const waits = Array.from({ length: count }, () => new Wait());
  const { devices, ids } = await enrollApple(
    {
      patient,
      ca,
      random,
      hardware: waits.map((_, place) => drawAppleHardware(place % 2 === 0 ? "Mac" : "iPhone", random)),
      doorOf: (door, place) => waitingDoor(door, waits[place] as Wait),
    },
    closing,
  );

  const ending = new AbortController();
  const polling = devices.map(async (device) => {
    while (!ending.signal.aborted) {
      const failures = device.ledger.count("failed");
      await device.poll();
      const isFailed = device.ledger.count("failed") > failures;
      await pause(isFailed ? RECONNECT_MS : POLL_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  });
  closing.defer(async () => {
    ending.abort();
    await Promise.all(polling);
  });

  const taken: string[] = [];
  const stopCommanding = againAndAgain({ everyMs, random }, async () => {
    taken.push(...(await askDeviceInformation(patient.api, [random.pick(ids)], random.uuid())));
  });
  return {
    taken,
    get longestWaitMs() {
      return Math.max(...waits.map(({ longestMs }) => longestMs));
    },
    stopCommanding,
    check: async (asked) => {
      const violations: string[] = [];
      const look = async (id: string): Promise<void> => {
        const { endedAt = "", state } = await asked
          .until<CommandEnd, CommandEnd>(
            `/api/v1/commands/${id}`,
            (command) => (/ACKNOWLEDGED|FAILED|EXPIRED|CANCELLED/.test(command.state) ? command : undefined),
            END_WITHIN_MS,
          )
          .catch((error: Error): CommandEnd => ({ state: `not known to be at its end (${error.cause ?? error.message})` }));
        const runs = devices
          .flatMap((device) => device.ledger.of("command"))
          .filter(({ status, uuid }) => uuid.toLowerCase() === id.toLowerCase() && status === "Acknowledged")
          .map(({ at }) => Date.parse(at));
        // What a device said and nobody took it does not say again: it asks, and is handed the command once more. One that
        // waited when the same was asked again was withdrawn for that.
        const done =
          state === "COMMAND_STATE_ACKNOWLEDGED"
            ? runs.length > 0 && Math.max(...runs) <= Date.parse(endedAt)
            : state === "COMMAND_STATE_CANCELLED" && runs.length === 0;
        const when = runs.map((at) => new Date(at).toISOString()).join(" and ");
        if (!done) violations.push(`${id} ran ${runs.length} times (${when}) and is ${state} ${endedAt}`);
      };
      await Promise.all(taken.map(look));
      return finding(
        "every command for an Apple device ended as it ran, and ran no more after that",
        taken.length,
        violations,
      );
    },
  };
}

/** Notes how long each message goes without an answer, over all the attempts that it takes. */
const waitingDoor = (door: AppleDoor, wait: Wait): AppleDoor => ({
  send: async (request) => {
    wait.asked();
    const answer = await door.send(request);
    if (answer.status < 500) wait.answered();
    return answer;
  },
  close: () => door.close(),
});
