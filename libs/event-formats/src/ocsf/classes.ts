/** The release of the Open Cybersecurity Schema Framework that events are told in. */
export const OCSF_VERSION = "1.8.0";

/** What kind of event it is: a class, and what was done of the things that class knows. */
export interface OcsfType {
  readonly category_uid: number;
  readonly category_name: string;
  readonly class_uid: number;
  readonly class_name: string;
  readonly activity_id: number;
  readonly activity_name: string;
  readonly type_uid: number;
  readonly type_name: string;
}

const CATEGORIES: Readonly<Record<number, string>> = {
  0: "Uncategorized",
  2: "Findings",
  3: "Identity & Access Management",
  5: "Discovery",
  6: "Application Activity",
  7: "Remediation",
};

// A class belongs to the category of its thousands, and a type is its class and activity written together.
function ocsfClass<A extends string>(
  uid: number,
  name: string,
  activities: Readonly<Record<A, number>>,
): Readonly<Record<A, OcsfType>> {
  const category_uid = Math.floor(uid / 1_000);
  const typeOf = ([activity, id]: [string, unknown]): [string, OcsfType] => [
    activity,
    {
      category_uid,
      category_name: CATEGORIES[category_uid] ?? "",
      class_uid: uid,
      class_name: name,
      activity_id: Number(id),
      activity_name: activity,
      type_uid: uid * 100 + Number(id),
      type_name: `${name}: ${activity}`,
    },
  ];
  return Object.fromEntries(Object.entries(activities).map(typeOf)) as Record<A, OcsfType>;
}

export const BaseEvent = ocsfClass(0, "Base Event", { Other: 99 });
export const ComplianceFinding = ocsfClass(2003, "Compliance Finding", { Create: 1, Update: 2, Close: 3 });
export const DetectionFinding = ocsfClass(2004, "Detection Finding", { Create: 1 });
export const Authentication = ocsfClass(3002, "Authentication", { Logon: 1, Logoff: 2 });
export const EntityManagement = ocsfClass(3004, "Entity Management", {
  Create: 1,
  Read: 2,
  Update: 3,
  Delete: 4,
  Enroll: 6,
  Unenroll: 7,
  Resume: 13,
  Other: 99,
});
export const DeviceInventoryInfo = ocsfClass(5001, "Device Inventory Info", { Collect: 2 });
export const SoftwareInventoryInfo = ocsfClass(5020, "Software Inventory Info", { Collect: 2 });
export const LiveEvidenceInfo = ocsfClass(5040, "Live Evidence Info", { Query: 1 });
export const ApiActivity = ocsfClass(6003, "API Activity", { Create: 1, Read: 2, Update: 3, Delete: 4, Other: 99 });
export const ScanActivity = ocsfClass(6007, "Scan Activity", { Completed: 2, Cancelled: 3, "Duration Violation": 4 });
export const ApplicationError = ocsfClass(6008, "Application Error", { "General Error": 1, Other: 99 });
export const RemediationActivity = ocsfClass(7001, "Remediation Activity", { Restore: 3 });
