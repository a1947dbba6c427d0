/** A service that was made for this platform in Apple Business Manager or Apple School Manager. */
export interface AutomatedServer {
  readonly id: string;
  readonly name: string;
  readonly certificate: string;
  readonly authorized: boolean;
  readonly tokenExpiresAt?: string;
  readonly organization: string;
  readonly rules: readonly object[];
  readonly defaultProfileId: string;
  readonly deviceCount: number;
  readonly syncedAt?: string;
  readonly lastError: string;
  readonly termsChangedAt?: string;
}

/** What a device gets to know in Setup Assistant. */
export interface AutomatedProfile {
  readonly id: string;
  readonly name: string;
  readonly supervised: boolean;
  readonly mandatory: boolean;
  readonly removable: boolean;
  readonly awaitConfiguration: boolean;
  readonly skipSetupItems: readonly string[];
  readonly department: string;
}

/** A device that Apple says is the organisation's. */
export interface AutomatedDevice {
  readonly serialNumber: string;
  readonly serverId: string;
  readonly model: string;
  readonly description: string;
  readonly deviceFamily: string;
  readonly profileId: string;
  readonly assignment: string;
  readonly assignmentResult: string;
  readonly deviceId: string;
  readonly migrationDeadline?: string;
}

export const SERVERS = "automated-enrollment-servers";
export const PROFILES = "automated-enrollment-profiles";
export const DEVICES = "automated-enrollment-devices";

export interface ServersAnswer {
  readonly servers: readonly AutomatedServer[];
}

export interface ProfilesAnswer {
  readonly profiles: readonly AutomatedProfile[];
}
