import { drawPerson, type Person } from "../../osquery/people.ts";
import type { SeededRandom } from "../../seeded-random.ts";
import { APPLE_MODELS, APPLE_SYSTEMS, type AppleKind, type AppleModel, type AppleOs } from "./apple-models.ts";

/** What stays the same for a device's life, and the system that it came with. */
export interface AppleHardware {
  readonly kind: AppleKind;
  readonly model: AppleModel;
  readonly os: AppleOs;
  readonly serial: string;
  /** A hardware UUID on a Mac, chip and exclusive chip id on the others. */
  readonly udid: string;
  readonly capacityGb: number;
  readonly person: Person;
  readonly wifiMac: string;
  readonly bluetoothMac: string;
  readonly ethernetMac: string | undefined;
  readonly imei: string | undefined;
  readonly meid: string | undefined;
  readonly phoneNumber: string | undefined;
  readonly softwareUpdateDeviceId: string;
}

const mac = (random: SeededRandom): string => ["a4", ...Array.from({ length: 5 }, () => random.hex(2))].join(":");

const digits = (random: SeededRandom, count: number): string =>
  Array.from({ length: count }, () => random.int(0, 9)).join("");

const udidOf = (kind: AppleKind, random: SeededRandom): string =>
  kind === "Mac"
    ? random.uuid().toUpperCase()
    : `${random.pick(["00008110", "00008120", "00008130"])}-${random.hex(16).toUpperCase()}`;

/** The same random source is the same device; `given` puts in what a test wants to be so. */
export const drawAppleHardware = (
  kind: AppleKind,
  random: SeededRandom,
  given: Partial<AppleHardware> = {},
): AppleHardware => {
  const model = random.pick(APPLE_MODELS[kind]);
  const cellular = model.cellular === true;
  return {
    kind,
    model,
    os: random.pick(APPLE_SYSTEMS[kind]),
    serial: random.serial(10),
    udid: udidOf(kind, random),
    capacityGb: random.pick(model.capacitiesGb),
    person: drawPerson(random),
    wifiMac: mac(random),
    bluetoothMac: mac(random),
    ethernetMac: kind === "Mac" || kind === "AppleTV" ? mac(random) : undefined,
    imei: cellular ? `35 ${digits(random, 6)} ${digits(random, 6)} ${digits(random, 1)}` : undefined,
    meid: cellular ? `35${digits(random, 12)}` : undefined,
    phoneNumber: cellular ? `+4915${digits(random, 9)}` : undefined,
    softwareUpdateDeviceId: model.product,
    ...given,
  };
};
