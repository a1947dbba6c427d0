import { createHash } from "node:crypto";
import type { DeviceParts } from "../device-parts.ts";
import type { ActiveEnrollment } from "../enrollment/active-enrollment.ts";
import { readConfigurationProfile } from "../profile/configuration-profile.ts";
import { installProfile, removeProfile } from "../profile/profile-installation.ts";
import { type Declaration, isObject, type Json, type JsonObject, Unusable } from "./declaration.ts";
import { configurationTypes } from "./payload-types.ts";

export interface ConfigurationContext {
  readonly parts: DeviceParts;
  readonly enrollment: ActiveEnrollment;
  readonly asset: (identifier: string) => Declaration | undefined;
}

/** Undoes what applying did. */
export type Undo = () => void;

const text = (payload: JsonObject, key: string): string => {
  const value = payload[key];
  if (typeof value !== "string") throw new Unusable("ConfigurationIsInvalid", `${key} is missing`);
  return value;
};

const download = async ({ enrollment, parts }: ConfigurationContext, url: string, asMdm: boolean): Promise<Buffer> => {
  const answer = asMdm ? await enrollment.connection.fetch(url) : await parts.door.send({ method: "GET", url });
  if (answer.status === 200) return answer.body;
  throw new Unusable("AssetCannotBeDownloaded", `${url} was answered with ${answer.status}`, { URL: url });
};

/** The content of an asset. @throws Unusable */
const assetContent = async (context: ConfigurationContext, { payload }: Declaration): Promise<Buffer | undefined> => {
  const reference = payload["Reference"];
  if (!isObject(reference)) return undefined;
  const { DataURL: url, Size: size, "Hash-SHA-256": hash } = reference;
  const authentication = payload["Authentication"];
  if (typeof url !== "string") throw new Unusable("AssetCannotBeDeserialized", "the asset has no DataURL");
  const asMdm = isObject(authentication) && authentication["Type"] === "MDM";
  const content = await download(context, url, asMdm);
  if (typeof size === "number" && size !== content.length)
    throw new Unusable("AssetCannotBeVerified", "the asset has another size than declared");
  if (typeof hash === "string" && hash.toLowerCase() !== createHash("sha256").update(content).digest("hex"))
    throw new Unusable("AssetCannotBeVerified", "the asset has another hash than declared");
  return content;
};

/** Every key of a configuration whose name says that it refers to an asset. */
export const assetReferences = ({ payload }: Declaration): string[] =>
  Object.entries(payload).flatMap(([key, value]) => {
    if (!/AssetReferences?$/.test(key)) return [];
    return (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter((name) => typeof name === "string");
  });

const installLegacy = async (context: ConfigurationContext, declaration: Declaration): Promise<Undo> => {
  const url = text(declaration.payload, "ProfileURL");
  if (new URL(url).origin !== new URL(context.enrollment.profile.mdm.serverUrl).origin)
    throw new Unusable("ConfigurationIsInvalid", "the profile is not on the server's host");
  const bytes = await download(context, url, true);
  let profile: ReturnType<typeof readConfigurationProfile>;
  try {
    profile = readConfigurationProfile(bytes);
  } catch (error) {
    throw new Unusable("ConfigurationCannotBeApplied", error instanceof Error ? error.message : String(error));
  }
  const known = context.parts.state.profiles.get(profile.identifier);
  if (known !== undefined && known.by !== "declaration")
    throw new Unusable("ConfigurationCannotBeApplied", "a profile with the same identifier was installed otherwise");
  installProfile(context.parts, profile, "declaration");
  return () => void removeProfile(context.parts, profile.identifier);
};

/** Puts a configuration into effect. @throws Unusable */
export const applyConfiguration = async (context: ConfigurationContext, declaration: Declaration): Promise<Undo> => {
  const { type, payload } = declaration;
  if (!configurationTypes(context.parts.hardware.kind).includes(type))
    throw new Unusable("ConfigurationNotSupported", `${type} is not supported by this device`);
  const missing = assetReferences(declaration).filter((identifier) => context.asset(identifier) === undefined);
  if (missing.length > 0) throw new Unusable("MissingAssets", "assets are missing", { Assets: missing });
  for (const identifier of assetReferences(declaration)) {
    const asset = context.asset(identifier);
    if (asset !== undefined) await assetContent(context, asset);
  }
  switch (type) {
    case "com.apple.configuration.legacy":
    case "com.apple.configuration.legacy.interactive":
      return await installLegacy(context, declaration);
    case "com.apple.configuration.management.test": {
      text(payload, "Echo");
      if (payload["ReturnStatus"] === "Failed")
        throw new Unusable("ConfigurationFailed", "the test was declared to fail");
      return () => undefined;
    }
    case "com.apple.configuration.softwareupdate.enforcement.specific":
      text(payload, "TargetOSVersion");
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text(payload, "TargetLocalDateTime")))
        throw new Unusable("ConfigurationIsInvalid", "TargetLocalDateTime is no local time");
      return () => undefined;
    default:
      return () => undefined;
  }
};
