import { createHash } from "node:crypto";
import { type OsqueryRow, storable } from "../rows.ts";

export type Response = Readonly<Record<string, unknown>>;

/** What one answer of an Apple device says, as a fact of rows. */
export interface AppleRows {
  readonly fact: string;
  readonly rows: readonly OsqueryRow[];
}

export const isRecord = (value: unknown): value is Response =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const textOf = (value: unknown): string => {
  if (typeof value === "string") return storable(value);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
};

export const listIn = (response: Response, key: string): Response[] => {
  const list = response[key];
  return Array.isArray(list) ? list.filter(isRecord) : [];
};

/** Apple's keys are read by the names that they have in all facts: words in lower case, joined by underscores. */
const columnOf = (key: string): string =>
  key
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();

/** One row of all the keys that have a simple value; what stands within a dictionary is joined to its name. */
export function flatRow(response: Response, prefix = ""): OsqueryRow {
  const row: Record<string, string> = {};
  for (const [key, value] of Object.entries(response)) {
    const column = prefix + columnOf(key);
    if (isRecord(value)) Object.assign(row, flatRow(value, `${column}_`));
    else if (Array.isArray(value))
      row[column] = value
        .filter((each) => !isRecord(each))
        .map(textOf)
        .join(", ");
    else if (textOf(value) !== "") row[column] = textOf(value);
  }
  return row;
}

/** In gigabytes, as Apple tells it. */
const UNITS: Readonly<Record<string, string>> = {
  device_capacity: "device_capacity_gb",
  available_device_capacity: "available_device_capacity_gb",
};

const deviceRow = (response: Response): OsqueryRow =>
  Object.fromEntries(Object.entries(flatRow(response)).map(([column, value]) => [UNITS[column] ?? column, value]));

const pick = (response: Response, columns: Readonly<Record<string, string>>): OsqueryRow =>
  Object.fromEntries(Object.entries(columns).map(([column, key]) => [column, textOf(response[key])]));

/** Reads an answer (AppleAnswered); nothing when no fact is made of it. */
export function readAppleAnswer(requestType: string, response: Response): AppleRows | undefined {
  switch (requestType) {
    case "DeviceInformation": {
      const answers = response["QueryResponses"];
      // A question by name tells of what was asked alone; the whole of it has the version of the system.
      if (!isRecord(answers) || answers["OSVersion"] === undefined || answers["ProductName"] === undefined)
        return undefined;
      return { fact: "apple_device", rows: [deviceRow(answers)] };
    }
    case "SecurityInfo": {
      const security = response["SecurityInfo"];
      return isRecord(security) ? { fact: "apple_security", rows: [flatRow(security)] } : undefined;
    }
    case "ProfileList":
      return {
        fact: "apple_profiles",
        rows: listIn(response, "ProfileList").map((profile) =>
          pick(profile, {
            identifier: "PayloadIdentifier",
            uuid: "PayloadUUID",
            name: "PayloadDisplayName",
            organization: "PayloadOrganization",
            managed: "IsManaged",
            source: "Source",
          }),
        ),
      };
    case "CertificateList":
      return {
        fact: "apple_certificates",
        rows: listIn(response, "CertificateList").map((certificate) => ({
          common_name: textOf(certificate["CommonName"]),
          identity: textOf(certificate["IsIdentity"]),
          sha256: createHash("sha256")
            .update(Buffer.from(textOf(certificate["Data"]), "base64"))
            .digest("hex"),
        })),
      };
    case "InstalledApplicationList":
      return {
        fact: "apple_apps",
        rows: listIn(response, "InstalledApplicationList").map((app) => ({
          name: textOf(app["Name"]) || textOf(app["Identifier"]),
          version: textOf(app["ShortVersion"]) || textOf(app["Version"]),
          vendor: textOf(app["Identifier"]),
        })),
      };
    case "ManagedApplicationList":
      return { fact: "apple_managed_apps", rows: managedApps(response["ManagedApplicationList"]) };
    case "UserList":
      return { fact: "apple_users", rows: listIn(response, "Users").map(userRow) };
    case "AvailableOSUpdates":
      return { fact: "apple_available_updates", rows: listIn(response, "AvailableOSUpdates").map(updateRow) };
    case "OSUpdateStatus":
      return {
        fact: "apple_update_status",
        rows: listIn(response, "OSUpdateStatus").map((update) =>
          pick(update, {
            product_key: "ProductKey",
            version: "ProductVersion",
            status: "Status",
            downloaded: "IsDownloaded",
            download_percent: "DownloadPercentComplete",
          }),
        ),
      };
    case "ProvisioningProfileList":
      return {
        fact: "apple_provisioning_profiles",
        rows: listIn(response, "ProvisioningProfileList").map((profile) =>
          pick(profile, { name: "Name", uuid: "UUID", expires: "ExpiryDate" }),
        ),
      };
    default:
      return undefined;
  }
}

/** Apple lists managed applications by their bundle identifiers. */
const managedApps = (list: unknown): OsqueryRow[] =>
  Object.entries(isRecord(list) ? list : {}).flatMap(([identifier, app]) =>
    isRecord(app)
      ? [
          {
            identifier: storable(identifier),
            ...pick(app, {
              status: "Status",
              has_configuration: "HasConfiguration",
              has_feedback: "HasFeedback",
              validated: "IsValidated",
            }),
          },
        ]
      : [],
  );

/** What a Mac tells of a local account, and a shared iPad of a managed one. */
const userRow = (user: Response): OsqueryRow =>
  pick(user, {
    username: "UserName",
    full_name: "FullName",
    uid: "UID",
    uuid: "UserGUID",
    logged_in: "IsLoggedIn",
    secure_token: "HasSecureToken",
    mobile_account: "MobileAccount",
  });

const updateRow = (update: Response): OsqueryRow =>
  pick(update, {
    product_key: "ProductKey",
    name: "HumanReadableName",
    version: "Version",
    build: "Build",
    critical: "IsCritical",
    restart_required: "RestartRequired",
    download_size: "DownloadSize",
  });
