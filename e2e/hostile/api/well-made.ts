/** Gives the id of something of a kind, such as /api/v1/devices, that was made. */
export type IdOf = (kind: string) => string;

const PASSWORD = "a long enough password";
const LATER = "2199-01-01T00:00:00Z";

const profile = (number: number): string =>
  Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>PayloadType</key><string>Configuration</string>
<key>PayloadVersion</key><integer>1</integer><key>PayloadIdentifier</key><string>hostile.${number}</string>
<key>PayloadUUID</key><string>0199a3f0-0000-7000-8000-${String(number).padStart(12, "0")}</string>
<key>PayloadDisplayName</key><string>Hostile</string><key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.mobiledevice.passwordpolicy</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>hostile.${number}.passcode</string>
<key>PayloadUUID</key><string>0199a3f0-0000-7000-8001-${String(number).padStart(12, "0")}</string>
<key>minLength</key><integer>8</integer></dict></array></dict></plist>`).toString("base64");

/** Bodies that a careful program would send, by the id of the method; the number makes names that nobody has taken. */
export function wellMade(number: number, id: IdOf): Readonly<Record<string, unknown>> {
  const name = `hostile ${number}`;
  const device = id("/api/v1/devices");
  const linux = { platforms: ["PLATFORM_LINUX"] };
  const script = { name, content: "true" };
  const policy = { name, query: "select 1 from os_version", intervalSeconds: 3600, enabled: true };
  const label = { name, kind: "LABEL_KIND_MANUAL" };
  const webhook = { name, url: "http://127.0.0.1:9/hook", enabled: false };
  const sink = { name, enabled: false, file: { name: `hostile-${number}` } };
  const provider = { name, issuer: "http://127.0.0.1:9", clientId: "muster" };
  const signIn = {
    ...provider,
    domains: [`hostile-${number}.example`],
    allowsPersonal: true,
  };
  const automated = { name, supervised: true, removable: false };
  const declaration = {
    name,
    identifier: `hostile.${number}`,
    type: "com.apple.configuration.passcode.settings",
    payload: { MinimumLength: 8 },
  };
  const serials = { serialNumbers: [`HOSTILE${number}`] };
  return {
    CommandService_EnqueueCommands: { deviceIds: [device], type: "COMMAND_TYPE_REFETCH" },
    CampaignService_CreateCampaign: { name, type: "COMMAND_TYPE_RESTART", reason: name, selection: linux },
    ScriptService_CreateScript: script,
    ScriptService_UpdateScript: script,
    PushCertificateService_CreateSigningRequest: { appleAccount: "it@hostile.example" },
    AccountSignInService_CreateAccountSignIn: signIn,
    AccountSignInService_UpdateAccountSignIn: signIn,
    AppleIdentityService_SetAppleIdentity: { way: "APPLE_IDENTITY_WAY_SCEP" },
    AutomatedEnrollmentService_CreateAutomatedEnrollmentServer: { name },
    AutomatedEnrollmentService_UpdateAutomatedEnrollmentServer: { name },
    AutomatedEnrollmentService_CreateAutomatedEnrollmentProfile: automated,
    AutomatedEnrollmentService_UpdateAutomatedEnrollmentProfile: automated,
    AutomatedEnrollmentService_AssignAutomatedEnrollmentProfile: serials,
    AutomatedEnrollmentService_UnassignAutomatedEnrollmentProfile: serials,
    BusinessManagerService_DisownDevices: { ...serials, reason: name },
    CommandService_UnenrollDevice: { reason: name },
    EnrollmentService_CreateEnrollSecret: { name, expiresAt: LATER },
    EnrollmentService_CreateEnrollmentToken: { name, maxUses: 1, expiresAt: LATER },
    AppleImportService_ImportAppleDevices: {
      source: name,
      devices: [
        {
          serialNumber: `HOSTILE${number}`,
          udid: `00008030-${String(number).padStart(16, "0")}`,
          diskRecoveryKey: "A-B",
        },
      ],
    },
    SecretService_RevealDeviceSecret: { reason: name },
    DesiredStateService_PlanDesiredState: { documents: [{ kind: "Label", name, spec: { kind: "manual" } }] },
    IdentityService_CreateTenant: {
      id: `hostile-${number}`,
      name,
      adminEmail: `boss-${number}@hostile.example`,
      adminPassword: PASSWORD,
    },
    IdentityService_CreateUser: { email: `ada-${number}@hostile.example`, name, role: "viewer", password: PASSWORD },
    IdentityService_UpdateUser: { name },
    IdentityService_CreateApiToken: { name, role: "viewer" },
    IdentityService_CreateRole: { name: `hostile-${number}`, actions: ["device.read"] },
    IdentityService_UpdateRole: { description: name },
    SignInProviderService_CreateSignInProvider: provider,
    SignInProviderService_UpdateSignInProvider: provider,
    LabelService_CreateLabel: label,
    LabelService_UpdateLabel: label,
    LabelService_AddLabelDevices: { deviceIds: [device] },
    LabelService_RemoveLabelDevices: { deviceIds: [device] },
    LiveQueryService_StartLiveQuery: { sql: "select 1 from os_version", selection: { deviceIds: [device] } },
    OsqueryService_UpdateOsqueryConfig: { options: {}, schedule: {} },
    OsqueryService_StartCarve: { deviceId: device, path: "/etc/hosts" },
    SharedSignalsService_CreateSignalReceiver: { name },
    SharedSignalsService_CreateSignalStream: { delivery: "SIGNAL_DELIVERY_POLL" },
    SharedSignalsService_PauseSignalStream: { reason: name },
    SharedSignalsService_AssignDevicePerson: { email: "ada@hostile.example" },
    SinkService_CreateSink: sink,
    SinkService_UpdateSink: sink,
    SinkService_ReplaySink: { position: "0" },
    SinkService_ReplayDeadLetters: { eventIds: [] },
    SinkService_DropDeadLetters: { eventIds: [] },
    SubscriberService_CreateSubscriber: { name },
    SubscriberService_RotateSubscriberCredentials: { overlapSeconds: 60 },
    SubscriberService_ReplaySubscriber: { position: "0" },
    WebhookService_CreateWebhook: webhook,
    WebhookService_UpdateWebhook: webhook,
    WebhookService_ReplayDeliveries: { since: "2026-01-01T00:00:00Z" },
    DeclarationService_CreateDeclaration: declaration,
    DeclarationService_UpdateDeclaration: declaration,
    PolicyService_CreatePolicy: policy,
    PolicyService_UpdatePolicy: policy,
    ProfileService_CreateProfile: { name, content: profile(number) },
    ProfileService_ValidateProfile: { name, content: profile(number) },
    ProfileService_UpdateProfile: { name, content: profile(number) },
    ProfileService_ResendProfile: { deviceIds: [device] },
    BackboneService_RetryParkedEvents: { consumer: "policy-on-facts" },
    BackboneService_DropParkedEvents: { consumer: "policy-on-facts" },
  };
}
