/** The platforms a rule speaks of: i iOS and iPadOS, m macOS, t tvOS. */
type Platforms = string;
type KeyType = "string" | "integer" | "boolean" | "data" | "array" | "dictionary";

/** When a request type is executed at all (Apple, device-management schema of the OS 18 generation). */
export interface CommandRule {
  readonly on: Platforms;
  /** The bit of AccessRights. */
  readonly right?: number;
  readonly supervised?: Platforms;
  /** Only where Automated Device Enrollment brought the device in. */
  readonly automated?: Platforms;
  /** Not in User Enrollment. */
  readonly notPersonal?: Platforms;
  /** Which channels of a Mac. */
  readonly mac?: "device" | "user" | "both";
  readonly needs?: Readonly<Record<string, KeyType>>;
}

export const COMMAND_RULES: Readonly<Record<string, CommandRule>> = {
  AccountConfiguration: { on: "m", automated: "m", notPersonal: "m", mac: "device" },
  ActivationLockBypassCode: { on: "im", supervised: "im", notPersonal: "im", mac: "device" },
  ActiveNSExtensions: { on: "m", right: 256, notPersonal: "m", mac: "user" },
  ApplyRedemptionCode: {
    on: "i",
    right: 4096,
    notPersonal: "i",
    needs: { Identifier: "string", RedemptionCode: "string" },
  },
  AvailableOSUpdates: { on: "imt", right: 4096, supervised: "it", notPersonal: "im", mac: "device" },
  CertificateList: { on: "imt", right: 1, mac: "both" },
  ClearActivationLockBypassCode: { on: "im", supervised: "im", notPersonal: "im", mac: "device" },
  ClearPasscode: { on: "i", right: 4, notPersonal: "i", needs: { UnlockToken: "data" } },
  ClearRestrictionsPassword: { on: "i", supervised: "i", notPersonal: "i" },
  ContentCachingInformation: { on: "m", right: 32, notPersonal: "m", mac: "device" },
  DeclarativeManagement: { on: "imt", mac: "both" },
  DeleteUser: { on: "im", supervised: "m", notPersonal: "im", mac: "device" },
  DeviceConfigured: { on: "imt", supervised: "it", automated: "im", notPersonal: "im", mac: "device" },
  DeviceInformation: { on: "imt", right: 16, mac: "both", needs: { Queries: "array" } },
  DeviceLocation: { on: "i", supervised: "i", notPersonal: "i" },
  DeviceLock: { on: "im", right: 4, notPersonal: "m", mac: "device" },
  DisableLostMode: { on: "i", supervised: "i", notPersonal: "i" },
  DisableRemoteDesktop: { on: "m", supervised: "m", notPersonal: "m", mac: "device" },
  EnableLostMode: { on: "i", supervised: "i", notPersonal: "i" },
  EnableRemoteDesktop: { on: "m", supervised: "m", notPersonal: "m", mac: "device" },
  EraseDevice: { on: "imt", right: 8, notPersonal: "im", mac: "device" },
  InstallApplication: { on: "imt", right: 4096, mac: "both" },
  InstallEnterpriseApplication: { on: "m", right: 4096, mac: "device" },
  InstallMedia: { on: "im", right: 4096, notPersonal: "m", mac: "user", needs: { MediaType: "string" } },
  InstallProfile: { on: "imt", right: 2, mac: "both", needs: { Payload: "data" } },
  InstallProvisioningProfile: { on: "imt", right: 128, mac: "device", needs: { ProvisioningProfile: "data" } },
  InstalledApplicationList: { on: "imt", right: 256, notPersonal: "m", mac: "both" },
  InviteToProgram: {
    on: "im",
    right: 4096,
    notPersonal: "im",
    mac: "user",
    needs: { ProgramID: "string", InvitationURL: "string" },
  },
  LOMDeviceRequest: { on: "m", right: 4, notPersonal: "m", mac: "device", needs: { RequestList: "array" } },
  LOMSetupRequest: { on: "m", right: 4, notPersonal: "m", mac: "device" },
  LogOutUser: { on: "i", notPersonal: "i" },
  ManagedApplicationAttributes: { on: "it", right: 4096, needs: { Identifiers: "array" } },
  ManagedApplicationConfiguration: { on: "imt", right: 4096, mac: "device", needs: { Identifiers: "array" } },
  ManagedApplicationFeedback: {
    on: "imt",
    right: 4096,
    notPersonal: "m",
    mac: "user",
    needs: { Identifiers: "array" },
  },
  ManagedApplicationList: { on: "imt", right: 4096, mac: "both" },
  ManagedMediaList: { on: "i", right: 4096 },
  NSExtensionMappings: { on: "m", right: 256, notPersonal: "m", mac: "user" },
  OSUpdateStatus: { on: "imt", right: 4096, supervised: "imt", notPersonal: "im", mac: "device" },
  PlayLostModeSound: { on: "i", supervised: "i", notPersonal: "i" },
  ProfileList: { on: "imt", right: 1, mac: "both" },
  ProvisioningProfileList: { on: "imt", right: 64, mac: "device" },
  RefreshCellularPlans: { on: "i", notPersonal: "i", needs: { eSIMServerURL: "string" } },
  RemoveApplication: { on: "imt", right: 4096, notPersonal: "m", mac: "device", needs: { Identifier: "string" } },
  RemoveMedia: { on: "i", right: 4096, needs: { MediaType: "string" } },
  RemoveProfile: { on: "imt", right: 2, mac: "both", needs: { Identifier: "string" } },
  RemoveProvisioningProfile: { on: "imt", right: 128, mac: "device", needs: { UUID: "string" } },
  RequestMirroring: { on: "im", mac: "device" },
  RequestUnlockToken: { on: "i", supervised: "i", notPersonal: "i" },
  RestartDevice: { on: "imt", right: 4, supervised: "it", notPersonal: "im", mac: "device" },
  Restrictions: { on: "it", right: 512, notPersonal: "i" },
  RotateFileVaultKey: {
    on: "m",
    right: 4,
    notPersonal: "m",
    mac: "device",
    needs: { KeyType: "string", FileVaultUnlock: "dictionary" },
  },
  ScheduleOSUpdate: {
    on: "imt",
    right: 4096,
    supervised: "imt",
    notPersonal: "im",
    mac: "device",
    needs: { Updates: "array" },
  },
  ScheduleOSUpdateScan: { on: "m", supervised: "m", notPersonal: "m", mac: "device" },
  SecurityInfo: { on: "imt", right: 1024, mac: "both" },
  SetAutoAdminPassword: {
    on: "m",
    automated: "m",
    notPersonal: "m",
    mac: "device",
    needs: { GUID: "string", passwordHash: "data" },
  },
  SetFirmwarePassword: { on: "m", right: 4, notPersonal: "m", mac: "device", needs: { NewPassword: "string" } },
  SetRecoveryLock: { on: "m", right: 4, notPersonal: "m", mac: "device", needs: { NewPassword: "string" } },
  Settings: { on: "imt", right: 2048, mac: "both", needs: { Settings: "array" } },
  ShutDownDevice: { on: "im", right: 4, supervised: "i", notPersonal: "im", mac: "device" },
  StopMirroring: { on: "im", supervised: "i", notPersonal: "im", mac: "device" },
  UnlockUserAccount: { on: "m", right: 4, notPersonal: "m", mac: "device", needs: { UserName: "string" } },
  UserConfigured: { on: "i", supervised: "i", automated: "i", notPersonal: "i" },
  UserList: { on: "im", supervised: "m", notPersonal: "im", mac: "device" },
  ValidateApplications: { on: "it", right: 4096 },
  VerifyFirmwarePassword: { on: "m", notPersonal: "m", mac: "device", needs: { Password: "string" } },
  VerifyRecoveryLock: { on: "m", right: 4, notPersonal: "m", mac: "device", needs: { Password: "string" } },
};
