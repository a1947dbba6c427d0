import { timingSafeEqual, X509Certificate } from "node:crypto";
import { envelopedDataFor } from "../crypto/enveloped-data.ts";
import { drawRecoveryKey } from "../device-state.ts";
import { dataOf, type Plist, type PlistValue, plistOf, textOf } from "../plist/plist-value.ts";
import { installedPayload } from "../profile/profile-installation.ts";
import {
  type Answers,
  type CommandContext,
  CommandFailed,
  CommandMalformed,
  isMac,
  mdmError,
  neededData,
  neededText,
} from "./command-answer.ts";

/** The recovery key for whoever holds the key of the escrow payload, as `FDE_PersonalRecoveryKeyCMS`. */
const escrowedKey = ({ parts }: CommandContext): Buffer | undefined => {
  const escrow = installedPayload(parts, "com.apple.security.FDERecoveryKeyEscrow");
  if (escrow === undefined || parts.state.fileVaultKey === undefined) return undefined;
  const uuid = escrow.payload["EncryptCertPayloadUUID"];
  const certificate = escrow.profile.payloads.find((payload) => payload["PayloadUUID"] === uuid);
  const bytes = dataOf(certificate?.["PayloadContent"]);
  if (bytes === undefined) return undefined;
  return envelopedDataFor(new X509Certificate(bytes).raw, Buffer.from(parts.state.fileVaultKey), "aes-256-cbc");
};

const passcodeInfo = ({ parts }: CommandContext): Record<string, PlistValue> => {
  const present = parts.state.passcode !== undefined;
  const required = installedPayload(parts, "com.apple.mobiledevice.passwordpolicy") !== undefined;
  return {
    PasscodePresent: present,
    PasscodeCompliant: present || !required,
    PasscodeCompliantWithProfiles: present || !required,
    PasscodeLockGracePeriod: 0,
    PasscodeLockGracePeriodEnforced: 0,
    AutoLockTime: 120,
  };
};

const managementStatus = ({ parts }: CommandContext): Plist => ({
  EnrolledViaDEP: parts.state.enrolledViaDep,
  UserApprovedEnrollment: parts.state.userApproved,
  IsUserEnrollment: parts.state.userEnrollment,
  IsActivationLockManageable: parts.state.supervised,
});

const macInfo = (context: CommandContext): Plist => {
  const { state } = context.parts;
  const escrowed = escrowedKey(context);
  const firewall = installedPayload(context.parts, "com.apple.security.firewall")?.payload ?? {};
  return {
    FDE_Enabled: state.fileVaultKey !== undefined,
    FDE_HasPersonalRecoveryKey: state.fileVaultKey !== undefined,
    FDE_HasInstitutionalRecoveryKey: false,
    ...(escrowed === undefined
      ? {}
      : {
          FDE_PersonalRecoveryKeyCMS: escrowed,
          FDE_PersonalRecoveryKeyDeviceKey: textOf(
            installedPayload(context.parts, "com.apple.security.FDERecoveryKeyEscrow")?.payload["DeviceKey"],
          ),
        }),
    SystemIntegrityProtectionEnabled: true,
    FirewallSettings: {
      FirewallEnabled: firewall["EnableFirewall"] === true,
      BlockAllIncoming: firewall["BlockAllIncoming"] === true,
      StealthMode: firewall["EnableStealthMode"] === true,
      LoggingEnabled: true,
      LoggingOption: "throttled",
      Applications: [],
    },
    FirmwarePasswordStatus: {
      PasswordExists: state.firmwarePassword !== undefined,
      ChangePending: state.nextFirmwarePassword !== undefined,
      AllowOroms: false,
    },
    ManagementStatus: managementStatus(context),
    SecureBoot: { SecureBootLevel: "full", ExternalBootLevel: "not supported", ReducedSecurity: {} },
    RemoteDesktopEnabled: state.remoteDesktop,
    AuthenticatedRootVolumeEnabled: true,
    BootstrapTokenAllowedForAuthentication: state.bootstrapToken === undefined ? "disallowed" : "allowed",
    BootstrapTokenRequiredForSoftwareUpdate: true,
    BootstrapTokenRequiredForKernelExtensionApproval: true,
    IsRecoveryLockEnabled: state.recoveryLock !== undefined,
  };
};

const mobileInfo = (context: CommandContext): Plist => ({
  HardwareEncryptionCaps: 3,
  ...(context.parts.hardware.kind === "AppleTV" ? {} : passcodeInfo(context)),
  ManagementStatus: managementStatus(context),
});

/** A PIN of a Mac. @throws CommandMalformed */
export const sixDigits = (pin: string | undefined): string => {
  if (pin === undefined || !/^\d{6}$/.test(pin)) throw new CommandMalformed("PIN has to be six digits");
  return pin;
};

const sameBytes = (one: Buffer, other: Buffer | undefined): boolean =>
  other !== undefined && one.length === other.length && timingSafeEqual(one, other);

const intelMac = ({ parts }: CommandContext): CommandContext["parts"] => {
  if (parts.hardware.model.intel !== true)
    throw new CommandFailed(mdmError(12021, "Macs with Apple silicon have no firmware password"));
  return parts;
};

export const securityAnswers: Answers = {
  SecurityInfo: (context) => ({ SecurityInfo: isMac(context) ? macInfo(context) : mobileInfo(context) }),

  DeviceLock: (context) => {
    const { command, parts, afterwards } = context;
    const message = textOf(command["Message"]) ?? "";
    const pin = textOf(command["PIN"]);
    if (isMac(context)) sixDigits(pin);
    // A locked Mac restarts into its lock screen and is silent; the others only turn the screen off.
    afterwards({
      does: async () => {
        parts.state.locked = true;
        parts.state.lockPin = pin;
        parts.ledger.add({ kind: "locked", message });
      },
      endsSession: isMac(context),
    });
    return message === "" || isMac(context) ? {} : { MessageResult: "Success", PhoneNumberResult: "NotProvided" };
  },

  ClearPasscode: (context) => {
    const { state } = context.parts;
    if (!sameBytes(neededData(context, "UnlockToken"), state.unlockToken))
      throw new CommandFailed(mdmError(12019, "the unlock token does not open the keybag"));
    state.passcode = undefined;
    return {};
  },

  ClearRestrictionsPassword: () => ({}),

  RequestUnlockToken: () => {
    throw new CommandFailed(mdmError(12021, "the unlock token is told in TokenUpdate only"));
  },

  ActivationLockBypassCode: ({ parts }) => {
    const { activationLockBypassCode } = parts.state;
    if (activationLockBypassCode === undefined)
      throw new CommandFailed(mdmError(12035, "there is no bypass code (any more)"));
    return { ActivationLockBypassCode: activationLockBypassCode };
  },

  ClearActivationLockBypassCode: ({ parts }) => {
    parts.state.activationLockBypassCode = undefined;
    return {};
  },

  SetRecoveryLock: (context) => {
    const { hardware, state } = context.parts;
    if (hardware.model.intel === true)
      throw new CommandFailed(mdmError(12090, "Macs with Intel processors have no recovery lock"));
    if (state.recoveryLock !== undefined && textOf(context.command["CurrentPassword"]) !== state.recoveryLock)
      throw new CommandFailed(mdmError(12090, "the current password is wrong"));
    const password = neededText(context, "NewPassword");
    state.recoveryLock = password === "" ? undefined : password;
    return {};
  },

  VerifyRecoveryLock: (context) => {
    if (context.parts.state.recoveryLock === undefined)
      throw new CommandFailed(mdmError(12090, "no recovery lock is set"));
    return { PasswordVerified: neededText(context, "Password") === context.parts.state.recoveryLock };
  },

  SetFirmwarePassword: (context) => {
    const { state } = intelMac(context);
    if (state.nextFirmwarePassword !== undefined)
      throw new CommandFailed(mdmError(12021, "a change of the firmware password waits for a restart"));
    if (state.firmwarePassword !== undefined && textOf(context.command["CurrentPassword"]) !== state.firmwarePassword)
      throw new CommandFailed(mdmError(12021, "the current password is wrong"));
    state.nextFirmwarePassword = neededText(context, "NewPassword");
    return { SetFirmwarePassword: { PasswordChanged: true } };
  },
  VerifyFirmwarePassword: (context) => {
    const { state } = intelMac(context);
    const verified = neededText(context, "Password") === state.firmwarePassword;
    return { VerifyFirmwarePassword: { PasswordVerified: verified } };
  },

  RotateFileVaultKey: (context) => {
    const { parts, command } = context;
    const { state } = parts;
    if (neededText(context, "KeyType") !== "personal")
      throw new CommandFailed(mdmError(12091, "only personal recovery keys are rotated here"));
    if (state.fileVaultKey === undefined) throw new CommandFailed(mdmError(12091, "FileVault is off"));
    if (textOf(plistOf(command["FileVaultUnlock"])["Password"]) !== state.fileVaultKey)
      throw new CommandFailed(mdmError(12091, "the password does not unlock the disk"));
    const certificate = dataOf(command["ReplyEncryptionCertificate"]);
    const rotation = parts.ledger.count("rotated");
    state.fileVaultKey = drawRecoveryKey(parts.random.fork(`recovery key ${rotation}`));
    parts.ledger.add({ kind: "rotated" });
    if (certificate === undefined) return {};
    const sealed = envelopedDataFor(
      new X509Certificate(certificate).raw,
      Buffer.from(state.fileVaultKey),
      "aes-256-cbc",
    );
    return { RotateResult: { EncryptedNewRecoveryKey: sealed } };
  },
};
