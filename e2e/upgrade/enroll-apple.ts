import { setTimeout as pause } from "node:timers/promises";
import type { Patient } from "../faults/injury.ts";
import { SimulatedAppleDevice } from "../simulators/apple/apple-device.ts";
import type { AppleHardware } from "../simulators/apple/hardware/apple-hardware.ts";
import { type AppleDoor, openAppleDoor } from "../simulators/apple/wire/apple-door.ts";
import type { SeededRandom } from "../simulators/seeded-random.ts";

interface EnrolledAppleOptions {
  readonly patient: Patient;
  readonly ca: string;
  readonly random: SeededRandom;
  /** What the devices are. */
  readonly hardware: readonly AppleHardware[];
  /** What stands between a device and the door it knocks at. */
  readonly doorOf?: (door: AppleDoor, place: number) => AppleDoor;
}

/** Enrolls Apple devices one after the other. @returns them, and their ids once inventory knows them. */
export async function enrollApple(
  { ca, doorOf = (door) => door, hardware, patient, random }: EnrolledAppleOptions,
  closing: AsyncDisposableStack,
): Promise<{ readonly devices: readonly SimulatedAppleDevice[]; readonly ids: readonly string[] }> {
  const { api, platform } = patient;
  const maxUses = hardware.length;
  const { token } = await api.post<{ token: string }>("/api/v1/enrollment-tokens", { name: "apple", maxUses });
  const devices: SimulatedAppleDevice[] = [];
  for (const [place, each] of hardware.entries()) {
    const door = doorOf(openAppleDoor({ ca }), place);
    const device = new SimulatedAppleDevice({ hardware: each, random: random.fork(each.serial), door });
    closing.defer(() => device.stop());
    await device.enrollFrom(`${platform.urls.device}/apple/enroll/${token}`);
    devices.push(device);
  }
  const serials = hardware.map(({ serial }) => serial);
  return { devices, ids: await deviceIds(patient, serials) };
}

async function deviceIds({ withDatabase }: Patient, serials: readonly string[]): Promise<string[]> {
  return withDatabase(async (client) => {
    for (;;) {
      const { rows } = await client.query<{ id: string }>(
        "select id from inventory.devices where hardware_serial = any($1)",
        [serials],
      );
      if (rows.length === serials.length) return rows.map(({ id }) => id);
      await pause(200);
    }
  });
}
