import type { CommandContext, DeviceActs, WayBack } from "../answers/command-answer.ts";
import { executeCommand } from "../answers/execute-command.ts";
import type { Identity } from "../crypto/certificate.ts";
import type { DeviceParts } from "../device-parts.ts";
import { becomeFresh } from "../device-state.ts";
import type { Plist } from "../plist/plist-value.ts";
import { readConfigurationProfile } from "../profile/configuration-profile.ts";
import { installProfile, removeProfile } from "../profile/profile-installation.ts";
import type { DoorAnswer } from "../wire/apple-door.ts";
import { authenticate, CheckinRefused, checkin, tokenUpdate } from "../wire/checkin-client.ts";
import type { CommandMessage, Execution } from "../wire/command-message.ts";
import { setBootstrapToken } from "../wire/escrow.ts";
import { MdmChannel } from "../wire/mdm-channel.ts";
import { errorCodeOf, mdmConnection } from "../wire/mdm-connection.ts";
import type { PushService } from "../wire/push-service.ts";
import { authenticateUser } from "../wire/user-authentication.ts";
import type { ActiveEnrollment } from "./active-enrollment.ts";
import { type EnrollmentProfile, readEnrollmentProfile } from "./enrollment-profile.ts";
import { obtainIdentity } from "./obtain-identity.ts";
import { allowReplacement } from "./renewal.ts";
import { identityIn, type SavedEnrollment, savedFrom } from "./saved-enrollment.ts";
import { userIdsOf } from "./user-channel.ts";

export interface ManagementDeps {
  readonly parts: DeviceParts;
  readonly pushService: PushService | undefined;
  readonly notNow: (requestType: string, channel: string) => boolean;
  /** Told whenever there is something else to remember. */
  readonly keep: (saved: SavedEnrollment | undefined) => void;
  /** Starts as Apple said at the first start. */
  readonly setUp: () => Promise<void>;
  readonly synchronize: (tokens: Buffer | undefined, channel: MdmChannel) => Promise<void>;
}

/** How an account-driven enrollment proves who its user is. */
export interface Bearer {
  token: string;
  /** Signs in anew when the server asks for it. @returns nothing when the person gave up. */
  renew(answer: DoorAnswer): Promise<string | undefined>;
}

/** A device's life under a server: from the profile to the end of management. */
export class Management implements DeviceActs {
  readonly #deps: ManagementDeps;
  readonly #parts: DeviceParts;
  readonly users = new Map<string, MdmChannel>();
  enrollment: ActiveEnrollment | undefined;
  channel: MdmChannel;
  #bearer: Bearer | undefined;

  constructor(deps: ManagementDeps) {
    this.#deps = deps;
    this.#parts = deps.parts;
    this.channel = this.#openChannel("device", {});
  }

  /** Installs an enrollment profile: identity, Authenticate, TokenUpdate. @throws when the server says no. */
  async enroll(bytes: Buffer, how: string, bearer?: Bearer): Promise<void> {
    const { state, hardware, ledger, random } = this.#parts;
    const profile = readEnrollmentProfile(readConfigurationProfile(bytes));
    if (this.enrollment !== undefined) throw new Error("the device is managed already");
    const personal = profile.mdm.enrollmentMode === "BYOD";
    state.userEnrollment = personal;
    // Since macOS 11 a Mac whose user approved its management is supervised.
    if (hardware.kind === "Mac" && !personal) state.supervised = true;
    this.#bearer = bearer;
    const ids = personal
      ? {
          EnrollmentID: random
            .fork(`enrollment ${ledger.count("enrolled")}`)
            .uuid()
            .toUpperCase(),
        }
      : { UDID: hardware.udid };
    const active = await this.#activate(profile, ids);
    this.channel = this.#openChannel("device", {});
    this.#deps.pushService?.register(this.channel);
    this.enrollment = active;
    try {
      await this.#introduce(active);
    } catch (error) {
      this.enrollment = undefined;
      this.#closeChannels();
      throw error;
    }
    installProfile(this.#parts, profile.profile, "enrollment");
    ledger.add({ kind: "enrolled", how, profile: profile.profile.identifier });
    this.#keep();
    await this.#escrowBootstrapToken(active);
  }

  /** Goes on as before it was switched off. */
  resume(saved: SavedEnrollment): void {
    const profile = readEnrollmentProfile(readConfigurationProfile(Buffer.from(saved.profile)));
    const { pushMagic, bearer } = saved;
    this.#parts.state.userEnrollment = profile.mdm.enrollmentMode === "BYOD";
    this.enrollment = this.#connect(profile, saved.ids, identityIn(saved));
    this.channel = this.#openChannel("device", {}, { pushToken: Buffer.from(saved.pushToken, "base64"), pushMagic });
    this.#deps.pushService?.register(this.channel);
    if (bearer !== undefined) this.#bearer = { token: bearer, renew: async () => undefined };
    installProfile(this.#parts, profile.profile, "enrollment");
  }

  /** A user's own channel, if the profile allows for it. */
  async signIn(name: string, fromDirectory: boolean): Promise<MdmChannel | undefined> {
    const { enrollment } = this;
    if (enrollment === undefined) throw new Error("the device is not enrolled");
    if (!enrollment.profile.mdm.serverCapabilities.has("com.apple.mdm.per-user-connections"))
      throw new Error("the profile does not allow for user channels");
    const ids = userIdsOf(this.#parts, name);
    const channel = this.users.get(name) ?? this.#openChannel(name, ids);
    if (fromDirectory && !(await authenticateUser(this.#parts, enrollment, channel))) return undefined;
    this.#deps.pushService?.register(channel);
    this.users.set(name, channel);
    await tokenUpdate(this.#parts, enrollment, channel);
    return channel;
  }

  async renew(bytes: Buffer): Promise<void> {
    const old = this.enrollment;
    if (old === undefined) throw new Error("the device is not enrolled");
    const next = readEnrollmentProfile(readConfigurationProfile(bytes));
    allowReplacement(old.profile, next);
    const active = await this.#activate(next, old.ids);
    this.enrollment = active;
    try {
      await this.#introduce(active);
    } catch (error) {
      this.enrollment = old;
      throw error;
    }
    installProfile(this.#parts, next.profile, "enrollment");
    this.#parts.ledger.add({ kind: "renewed", profile: next.profile.identifier });
    this.#keep();
  }

  async leave(why: string): Promise<void> {
    const { enrollment } = this;
    if (enrollment === undefined) return;
    const { topic, checkOutWhenRemoved } = enrollment.profile.mdm;
    // Best effort: whether the server heard it does not keep the device.
    if (checkOutWhenRemoved)
      await checkin(this.#parts, enrollment, "CheckOut", { Topic: topic }).catch(() => undefined);
    this.#end(why);
  }

  async erase(returns: WayBack | undefined): Promise<void> {
    const { state, hardware, random, ledger } = this.#parts;
    ledger.add({ kind: "erased" });
    this.#end("it was erased");
    becomeFresh(state, hardware, random.fork(`erased ${ledger.count("erased")}`));
    if (returns === "by Apple") await this.#deps.setUp();
    else if (returns !== undefined) await this.enroll(returns, "return to service");
  }

  async synchronize(tokens: Buffer | undefined, channel: MdmChannel): Promise<void> {
    await this.#deps.synchronize(tokens, channel);
  }

  async updateToken(): Promise<void> {
    if (this.enrollment !== undefined) await tokenUpdate(this.#parts, this.enrollment, this.channel);
  }

  /** What a refusal means. @returns whether the same message may be sent again. */
  async refused(answer: DoorAnswer, url: string): Promise<boolean> {
    const { ledger, state } = this.#parts;
    const code = errorCodeOf(answer);
    ledger.add({ kind: "refused", path: new URL(url).pathname, status: answer.status, code });
    if (answer.status === 403 && code === "com.apple.unrecognized.device") this.#end("the server does not know it");
    if (answer.status !== 401) return false;
    if (this.#bearer !== undefined) {
      const token = await this.#bearer.renew(answer);
      if (token === undefined) return false;
      this.#bearer.token = token;
      return true;
    }
    const old = { macOS: 14, iOS: 17, iPadOS: 17, tvOS: 17 }[state.os.family];
    if (Number.parseInt(state.os.version, 10) < old) this.#end("the server answered 401");
    return false;
  }

  async #activate(profile: EnrollmentProfile, ids: Plist): Promise<ActiveEnrollment> {
    return this.#connect(profile, ids, await obtainIdentity(this.#parts, profile.identity));
  }

  #connect(profile: EnrollmentProfile, ids: Plist, identity: Identity): ActiveEnrollment {
    const { misbehaviour, now } = this.#parts;
    const door = profile.mdm.signMessage ? this.#parts.door : this.#parts.doorAs(identity);
    const bearer = (): string | undefined => this.#bearer?.token;
    const connection = mdmConnection({ door, mdm: profile.mdm, identity, misbehaviour, now, bearer });
    return { profile, identity, ids, connection };
  }

  #keep(): void {
    const { enrollment } = this;
    const saved = enrollment === undefined ? undefined : savedFrom(enrollment, this.channel, this.#bearer?.token);
    this.#deps.keep(saved);
  }

  async #escrowBootstrapToken(active: ActiveEnrollment): Promise<void> {
    const { hardware, state, random, ledger } = this.#parts;
    const asked = active.profile.mdm.serverCapabilities.has("com.apple.mdm.bootstraptoken");
    if (hardware.kind !== "Mac" || !asked || !state.supervised) return;
    if (!state.users.some(({ secureToken }) => secureToken)) return;
    state.bootstrapToken = Buffer.from(random.fork("bootstrap token").hex(128), "hex");
    await setBootstrapToken(this.#parts, active, state.bootstrapToken).catch((error: unknown) => {
      ledger.add({ kind: "failed", what: "SetBootstrapToken", reason: String(error) });
    });
  }

  /** Authenticate and TokenUpdate, as at the first enrollment so at every renewal. */
  async #introduce(active: ActiveEnrollment): Promise<void> {
    const steps = [() => authenticate(this.#parts, active), () => tokenUpdate(this.#parts, active, this.channel)];
    if (this.#parts.misbehaviour.tokenFirst === true) steps.reverse();
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        if (!(error instanceof CheckinRefused)) throw error;
        if (!(await this.refused(error.answer, active.profile.mdm.checkInUrl))) throw error;
        await step();
      }
    }
  }

  #end(why: string): void {
    if (this.enrollment === undefined) return;
    this.enrollment = undefined;
    this.#bearer = undefined;
    const { state, ledger } = this.#parts;
    for (const identifier of state.profiles.keys()) removeProfile(this.#parts, identifier);
    for (const identifier of state.managedApps.keys()) state.apps.delete(identifier);
    state.managedApps.clear();
    state.provisioningProfiles.clear();
    this.#closeChannels();
    ledger.add({ kind: "unenrolled", why });
    this.#keep();
  }

  #openChannel(name: string, userIds: Plist, address?: Pick<MdmChannel, "pushToken" | "pushMagic">): MdmChannel {
    return new MdmChannel({
      ...(address === undefined ? {} : { address }),
      parts: this.#parts,
      name,
      userIds,
      enrollment: () => this.enrollment,
      execute: (message, by) => this.#execute(message, by),
      refused: (answer, url) => this.refused(answer, url),
    });
  }

  #closeChannels(): void {
    for (const channel of [this.channel, ...this.users.values()]) this.#deps.pushService?.unregister(channel);
    this.users.clear();
  }

  async #execute(message: CommandMessage, channel: MdmChannel): Promise<Execution> {
    const { enrollment } = this;
    if (enrollment === undefined) throw new Error("a command came to a device that is not enrolled");
    const context: Omit<CommandContext, "afterwards" | "command"> = {
      parts: this.#parts,
      enrollment,
      channel,
      device: this,
    };
    return await executeCommand(message, context, (requestType) => this.#deps.notNow(requestType, channel.name));
  }
}
