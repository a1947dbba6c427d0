/** What may be known of a person's own device, by the key of the answer; whatever else it says is not kept. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  DeviceInformation: [
    "OSVersion",
    "SupplementalOSVersionExtra",
    "BuildVersion",
    "ModelName",
    "Model",
    "ModelNumber",
    "ProductName",
    "IsAppleSilicon",
    "DeviceCapacity",
    "AvailableDeviceCapacity",
    "IsSupervised",
    "IsActivationLockEnabled",
    "AwaitingConfiguration",
    "SystemIntegrityProtectionEnabled",
    "SoftwareUpdateDeviceID",
  ],
};

type Answer = Readonly<Record<string, unknown>>;

/** The answer of a person's own device, without what is the person's. */
export function withoutPrivate(requestType: string, response: Answer): Answer {
  const allowed = ALLOWED[requestType];
  const asked = response["QueryResponses"];
  if (allowed === undefined || typeof asked !== "object" || asked === null) return response;
  const kept = Object.entries(asked).filter(([key]) => allowed.includes(key));
  return { ...response, QueryResponses: Object.fromEntries(kept) };
}
