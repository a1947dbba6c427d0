import type { Dispatcher } from "undici";
import type { SeededRandom } from "../seeded-random.ts";
import { type KeySource, makeRsaKey } from "./crypto/key-pair.ts";
import { DeclarativeClient } from "./declarations/declarative-client.ts";
import type { DeviceParts } from "./device-parts.ts";
import { type DeviceState, freshState } from "./device-state.ts";
import { type AccountEnrollment, enrollByAccount } from "./enrollment/account-driven.ts";
import type { ActiveEnrollment } from "./enrollment/active-enrollment.ts";
import { type AutomatedProfile, fetchAutomatedProfile } from "./enrollment/automated-enrollment.ts";
import { fetchProfile } from "./enrollment/fetch-profile.ts";
import { Management } from "./enrollment/management.ts";
import { enrollOverTheAir } from "./enrollment/over-the-air.ts";
import type { SavedEnrollment } from "./enrollment/saved-enrollment.ts";
import type { AppleHardware } from "./hardware/apple-hardware.ts";
import {
  type AttestationAuthority,
  makeAttestationAuthority,
  provisioningUdid,
} from "./hardware/attestation-authority.ts";
import { type DeviceAuthority, makeDeviceAuthority } from "./hardware/device-authority.ts";
import { AppleLedger } from "./ledger.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import { type AppleDoor, openAppleDoor } from "./wire/apple-door.ts";
import { getBootstrapToken, getReturnToService, getServiceToken, type ReturnToService } from "./wire/escrow.ts";
import type { MdmChannel } from "./wire/mdm-channel.ts";
import type { PushService } from "./wire/push-service.ts";

export interface AppleDeviceOptions {
  readonly hardware: AppleHardware;
  readonly random: SeededRandom;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca?: string;
  /** Of a fleet, whose devices share connections; without it a device keeps its own. */
  readonly dispatcher?: Dispatcher;
  /** Instead of connections of its own. */
  readonly door?: AppleDoor;
  readonly keys?: KeySource;
  /** Who made the device; without it someone whom no server knows. */
  readonly factory?: DeviceAuthority;
  /** Who attests its keys; without it someone whom no server knows. */
  readonly attestor?: AttestationAuthority;
  readonly pushService?: PushService;
  readonly misbehaviour?: Misbehaviour;
  /** The management that it had when it was switched off. */
  readonly saved?: SavedEnrollment | undefined;
  /** Told whenever there is something else to save. */
  readonly keep?: (saved: SavedEnrollment | undefined) => void;
  readonly now?: () => Date;
}

const partsOf = (options: AppleDeviceOptions, open: DeviceParts["doorAs"], door: AppleDoor): DeviceParts => {
  const { hardware, random, now = () => new Date() } = options;
  let born: ReturnType<DeviceParts["factory"]> | undefined;
  const bear = async (): ReturnType<DeviceParts["factory"]> => {
    const factory = options.factory ?? (await makeDeviceAuthority());
    return { identity: await factory.identityOf(hardware), chain: factory.chain };
  };
  const state = freshState(hardware, random.fork("state"));
  const misbehaviour = options.misbehaviour ?? {};
  return {
    hardware,
    state,
    ledger: new AppleLedger(now),
    door,
    doorAs: open,
    keys: options.keys ?? makeRsaKey,
    factory: () => (born ??= bear()),
    attest: async (publicKey, token) => {
      const attestor = options.attestor ?? (await makeAttestationAuthority());
      const { serial, udid } = { ...hardware, ...misbehaviour.attestsAs };
      const facts = { serial, udid: provisioningUdid(udid), osVersion: state.os.version };
      return await attestor.attest(publicKey, token, state.userEnrollment ? { osVersion: facts.osVersion } : facts);
    },
    random: random.fork("behaviour"),
    misbehaviour,
    now,
  };
};

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
  /** Where Apple sent the device at its first start. */
  #sentTo: AutomatedProfile | undefined;
  readonly #declarative = new WeakMap<MdmChannel, DeclarativeClient>();

  constructor(options: AppleDeviceOptions) {
    const { ca, dispatcher } = options;
    const shared = { ...(ca === undefined ? {} : { ca }), ...(dispatcher === undefined ? {} : { dispatcher }) };
    const open = (more: Parameters<typeof openAppleDoor>[0]): AppleDoor => {
      const door = openAppleDoor({ ...shared, ...more });
      this.#doors.push(door);
      return door;
    };
    this.#parts = partsOf(options, (identity) => open({ identity }), options.door ?? open({}));
    this.hardware = options.hardware;
    this.state = this.#parts.state;
    this.ledger = this.#parts.ledger;
    this.misbehaviour = this.#parts.misbehaviour;
    this.#management = new Management({
      parts: this.#parts,
      pushService: options.pushService,
      notNow: (requestType) => this.notNow.has(requestType),
      keep: options.keep ?? (() => undefined),
      setUp: async () => {
        if (this.#sentTo === undefined) throw new Error("Apple never sent the device anywhere");
        await this.enrollAutomated(this.#sentTo);
      },
      synchronize: (tokens, channel) => this.declarationsOf(channel).synchronize(tokens),
    });
    if (options.saved !== undefined) this.#management.resume(options.saved);
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

  /** A tool replaces the enrollment profile with the one that renews its certificate. */
  async renewWith(profile: Buffer): Promise<void> {
    await this.#management.renew(profile);
  }

  /** A person opens the address of a Profile Service, and the device goes through its phases. */
  async enrollOverTheAir(url: string): Promise<void> {
    await this.#management.enroll(await enrollOverTheAir(this.#parts, url), "over the air");
  }

  /** The first start of a device that is assigned to a server. It may come out supervised. */
  async enrollAutomated(profile: AutomatedProfile): Promise<void> {
    const bytes = await fetchAutomatedProfile(this.#parts, profile);
    this.#sentTo = profile;
    const { state } = this.#parts;
    state.supervised = profile.supervised;
    state.enrolledViaDep = true;
    state.sharedIpad = profile.sharedIpad === true;
    state.awaitingConfiguration = profile.awaitDeviceConfigured;
    await this.#management.enroll(bytes, "automated");
  }

  /** A person signs in with a managed account in the settings. */
  async enrollByAccount(enrollment: AccountEnrollment): Promise<void> {
    const { profile, bearer } = await enrollByAccount(this.#parts, enrollment);
    await this.#management.enroll(profile, `account ${enrollment.mode}`, bearer);
  }

  /** Asks for commands until there are none, as after a push. */
  async poll(why = "by hand"): Promise<void> {
    await this.channel.poll(why);
  }

  /**
   * A user logs in and has a channel beside the device's: on a Mac a local account, on a Shared iPad a managed one.
   * @throws CheckinRefused
   */
  async signIn(name: string): Promise<MdmChannel> {
    const channel = await this.#management.signIn(name, false);
    if (channel === undefined) throw new Error("a local account is always managed");
    return channel;
  }

  /** A user of a directory logs in on a Mac. Undefined: the server does not manage that user. */
  async signInFromDirectory(name: string): Promise<MdmChannel | undefined> {
    return await this.#management.signIn(name, true);
  }

  /** What a channel knows of its declarations; the device's own where none is named. */
  declarationsOf(channel: MdmChannel = this.channel): DeclarativeClient {
    const known = this.#declarative.get(channel);
    if (known !== undefined) return known;
    const client = new DeclarativeClient({ parts: this.#parts, channel, enrollment: () => this.enrollment });
    this.#declarative.set(channel, client);
    return client;
  }

  /** Tells of a change of the device where declarations made somebody ask for it. */
  async reportChange(): Promise<void> {
    for (const channel of this.#channels()) await this.#declarative.get(channel)?.changed();
  }

  /** The screen is locked: most commands are for later. */
  lock(): void {
    this.state.locked = true;
  }

  /** The screen is unlocked, also of a Mac that was locked from afar; what was put off last is asked for again. */
  async unlock(): Promise<void> {
    this.state.locked = false;
    this.state.lockPin = undefined;
    for (const channel of this.#channels()) await channel.conditionsChanged();
  }

  /** The device is switched on after a shutdown, and asks what it missed. */
  async powerOn(): Promise<void> {
    this.state.poweredOff = false;
    await this.poll("started");
  }

  /** Sends TokenUpdate again, as devices do when something about it changed. */
  async updateToken(): Promise<void> {
    await this.#management.updateToken();
  }

  /** The bootstrap token that the server keeps for this Mac. */
  async fetchBootstrapToken(): Promise<Buffer | undefined> {
    return await getBootstrapToken(this.#parts, this.#enrolled());
  }

  /** A token of the server's for one of Apple's services. */
  async fetchServiceToken(service: string): Promise<Buffer | undefined> {
    return await getServiceToken(this.#parts, this.#enrolled(), service);
  }

  /** Asks whether it would go on by itself after an erasure, and with what. */
  async fetchReturnToService(): Promise<ReturnToService | undefined> {
    return await getReturnToService(this.#parts, this.#enrolled());
  }

  /** The person removes the enrollment profile. */
  async removeManagement(): Promise<void> {
    await this.#management.leave("its holder removed the profile");
  }

  /** The person erases the device without asking anybody. */
  async eraseByHand(): Promise<void> {
    await this.#management.erase(undefined);
  }

  /** The person resets the device where its server lets them, and it comes back by itself; otherwise it waits for someone. */
  async resetByUser(): Promise<void> {
    const way = await this.fetchReturnToService();
    await this.#management.erase(way && (way.profile ?? "by Apple"));
  }

  async stop(): Promise<void> {
    for (const door of this.#doors) await door.close();
  }

  #enrolled(): ActiveEnrollment {
    if (this.enrollment === undefined) throw new Error("the device is not enrolled");
    return this.enrollment;
  }

  #channels(): MdmChannel[] {
    return [this.channel, ...this.#management.users.values()];
  }
}
