import type { Dispatcher } from "undici";
import type { SeededRandom } from "../seeded-random.ts";
import { type KeySource, makeRsaKey } from "./crypto/rsa-key.ts";
import type { DeviceParts } from "./device-parts.ts";
import { type DeviceState, freshState } from "./device-state.ts";
import type { ActiveEnrollment } from "./enrollment/active-enrollment.ts";
import { fetchProfile } from "./enrollment/fetch-profile.ts";
import { Management } from "./enrollment/management.ts";
import type { AppleHardware } from "./hardware/apple-hardware.ts";
import { AppleLedger } from "./ledger.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import { type AppleDoor, openAppleDoor } from "./wire/apple-door.ts";
import type { MdmChannel } from "./wire/mdm-channel.ts";
import type { PushService } from "./wire/push-service.ts";

export interface AppleDeviceOptions {
  readonly hardware: AppleHardware;
  readonly random: SeededRandom;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca?: string;
  /** Of a fleet, whose devices share connections; without it a device keeps its own. */
  readonly dispatcher?: Dispatcher;
  readonly keys?: KeySource;
  readonly pushService?: PushService;
  readonly misbehaviour?: Misbehaviour;
  readonly now?: () => Date;
}

/** One Apple device, seen from the server, in the hands of a test. */
export class SimulatedAppleDevice {
  readonly hardware: AppleHardware;
  readonly state: DeviceState;
  readonly ledger: AppleLedger;
  readonly misbehaviour: Misbehaviour;
  /** Request types that the device puts off, whatever its state. */
  readonly notNow = new Set<string>();
  readonly #parts: DeviceParts;
  readonly #management: Management;
  readonly #doors: AppleDoor[] = [];

  constructor(options: AppleDeviceOptions) {
    const { hardware, random, now = () => new Date() } = options;
    this.hardware = hardware;
    this.state = freshState(hardware, random.fork("state"));
    this.ledger = new AppleLedger(now);
    this.misbehaviour = options.misbehaviour ?? {};
    const open = (more: Parameters<typeof openAppleDoor>[0]): AppleDoor => {
      const { ca, dispatcher } = options;
      const door = openAppleDoor({
        ...(ca === undefined ? {} : { ca }),
        ...(dispatcher === undefined ? {} : { dispatcher }),
        ...more,
      });
      this.#doors.push(door);
      return door;
    };
    this.#parts = {
      hardware,
      state: this.state,
      ledger: this.ledger,
      door: open({}),
      doorAs: (identity) => open({ identity }),
      keys: options.keys ?? makeRsaKey,
      random: random.fork("behaviour"),
      misbehaviour: this.misbehaviour,
      now,
    };
    this.#management = new Management({
      parts: this.#parts,
      pushService: options.pushService,
      notNow: (requestType) => this.notNow.has(requestType),
      synchronize: async () => undefined,
    });
  }

  get enrollment(): ActiveEnrollment | undefined {
    return this.#management.enrollment;
  }

  /** The device's own channel. Another one after each enrollment, with another push token. */
  get channel(): MdmChannel {
    return this.#management.channel;
  }

  /** A person opens the address and installs the profile behind it. */
  async enrollFrom(url: string): Promise<void> {
    await this.#management.enroll(await fetchProfile(this.#parts, url), "profile");
  }

  /** A person or another tool installs a profile that is at hand. */
  async enrollWith(profile: Buffer): Promise<void> {
    await this.#management.enroll(profile, "profile");
  }

  /** Asks for commands until there are none, as after a push. */
  async poll(why = "by hand"): Promise<void> {
    await this.channel.poll(why);
  }

  /** The screen is locked: most commands are for later. */
  lock(): void {
    this.state.locked = true;
  }

  /** The screen is unlocked; what was put off last is asked for again. */
  async unlock(): Promise<void> {
    this.state.locked = false;
    for (const channel of this.#channels()) await channel.conditionsChanged();
  }

  /** The person removes the enrollment profile. */
  async removeManagement(): Promise<void> {
    await this.#management.leave("its holder removed the profile");
  }

  /** The person erases the device without asking anybody. */
  async eraseByHand(): Promise<void> {
    await this.#management.erase(undefined);
  }

  async stop(): Promise<void> {
    for (const door of this.#doors) await door.close();
  }

  #channels(): MdmChannel[] {
    return [this.channel, ...this.#management.users.values()];
  }
}
