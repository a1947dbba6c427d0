import { X509Certificate } from "node:crypto";
import { refuse } from "../refusals.ts";
import { type MinimumSystem, oddMinimum } from "./update-gate.ts";

/** What Apple tells a device at its first start, and what we do with it then. */
export interface ProfileSettings {
  readonly supervised: boolean;
  readonly mandatory: boolean;
  readonly removable: boolean;
  readonly awaitConfiguration: boolean;
  readonly releasedByHand: boolean;
  readonly autoAdvance: boolean;
  readonly sharedIpad: boolean;
  readonly webView: boolean;
  readonly ignoreBackupProfile: boolean;
  /** Whether a device that its user has erased sets itself up again. */
  readonly returnToService: boolean;
  readonly skipSetupItems: readonly string[];
  readonly department: string;
  readonly supportPhoneNumber: string;
  readonly supportEmailAddress: string;
  readonly language: string;
  readonly region: string;
  /** PEM. */
  readonly anchorCertificates: readonly string[];
  readonly minimums: readonly MinimumSystem[];
}

/** How devices are set up before their users see them. */
export interface SettingsProfile {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly settings: ProfileSettings;
  /** Whether a network is kept that devices come back over. */
  readonly hasReturnNetwork: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Rises with each change that people make. */
  readonly revision: number;
}

const LONGEST_TEXT = 250;
const LARGEST_NETWORK = 64 * 1024;

function isCertificate(pem: string): boolean {
  try {
    return pem.startsWith("-----BEGIN CERTIFICATE-----") && new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** Refuses a network to come back over that no device could be given. */
export function checkReturnNetwork(network: Buffer, { returnToService }: ProfileSettings): void {
  if (network.length === 0) return;
  if (!returnToService)
    throw refuse("automated.bad_profile", "return_network is for return_to_service: set both, or neither");
  if (network.length > LARGEST_NETWORK)
    throw refuse("automated.bad_profile", `return_network is larger than ${LARGEST_NETWORK} bytes`);
}

/** Refuses what Apple would not take, or what could not work. */
export function checkSettings(settings: ProfileSettings): void {
  const bad = (why: string) => refuse("automated.bad_profile", why);
  if (!settings.removable && !settings.supervised)
    throw bad("only a supervised device can keep its user from removing the management: set supervised or removable");
  if (settings.awaitConfiguration && !settings.supervised)
    throw bad("await_configuration needs supervised: only supervised devices can be told that they are configured");
  if (settings.returnToService && !settings.supervised)
    throw bad("return_to_service needs supervised: only a supervised device comes back by itself");
  if (settings.sharedIpad && !settings.awaitConfiguration)
    throw bad("shared_ipad needs await_configuration: the device is partitioned before anybody signs in");
  const odd = oddMinimum(settings.minimums);
  if (odd !== undefined) throw bad(odd);
  if (!settings.anchorCertificates.every(isCertificate)) throw bad("an anchor certificate is no certificate in PEM");
  const { department, language, region, supportEmailAddress, supportPhoneNumber, skipSetupItems } = settings;
  const texts = [department, language, region, supportEmailAddress, supportPhoneNumber, ...skipSetupItems];
  if (texts.some((text) => text.length > LONGEST_TEXT || text.includes("\0")))
    throw bad(`a text is longer than ${LONGEST_TEXT} characters`);
}
