type Given = Readonly<Record<string, unknown>>;

/** Of these keys a command needs one: where an application or a book comes from, or which one it is. */
const ONE_OF: Readonly<Record<string, readonly string[]>> = {
  InstallApplication: ["iTunesStoreID", "Identifier", "ManifestURL"],
  InstallEnterpriseApplication: ["Manifest", "ManifestURL"],
  InstallMedia: ["iTunesStoreID", "MediaURL"],
  RemoveMedia: ["iTunesStoreID", "PersistentID"],
};

/** These settings are of one application each. */
const OF_APPLICATIONS: ReadonlySet<unknown> = new Set(["ApplicationConfiguration", "ApplicationAttributes"]);

/** What is wrong with where a command takes its application or book from, each with the path of its key. */
export function sourceProblems(requestType: string, parameters: Given): string[] {
  const keys = ONE_OF[requestType] ?? [];
  const missing = keys.length > 0 && keys.every((key) => parameters[key] === undefined);
  return [
    ...(missing ? [`one of ${keys.join(", ")} has to be given`] : []),
    ...["ManifestURL", "MediaURL"].filter((key) => isInsecure(parameters[key])).map((key) => `${key} has to be https`),
    ...(parameters["ManifestURLPinningCerts"] !== undefined && parameters["ManifestURL"] === undefined
      ? ["ManifestURLPinningCerts belongs to ManifestURL, which is missing"]
      : []),
    ...(requestType === "InstallMedia" && parameters["MediaURL"] !== undefined && !parameters["PersistentID"]
      ? ["PersistentID is missing: a book from an address is known by it"]
      : []),
    ...manifestProblems(parameters["Manifest"]),
    ...(requestType === "Settings" ? settingProblems(parameters["Settings"]) : []),
  ];
}

const isInsecure = (url: unknown): boolean => typeof url === "string" && !url.startsWith("https://");

/** Devices load packages over TLS only; their hashes are in the manifest. */
function manifestProblems(manifest: unknown): string[] {
  return recordsIn(recordOf(manifest)["items"]).flatMap((item, index) =>
    recordsIn(item["assets"]).flatMap((asset, place) =>
      isInsecure(asset["url"]) ? [`Manifest.items[${index}].assets[${place}].url has to be https`] : [],
    ),
  );
}

const settingProblems = (settings: unknown): string[] =>
  recordsIn(settings).flatMap(({ Identifier, Item }, index) =>
    OF_APPLICATIONS.has(Item) && typeof Identifier !== "string" ? [`Settings[${index}].Identifier is missing`] : [],
  );

const recordOf = (value: unknown): Given => (typeof value === "object" && value !== null ? (value as Given) : {});
const recordsIn = (value: unknown): Given[] => (Array.isArray(value) ? value.map(recordOf) : []);
