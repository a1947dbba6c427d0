type Json = Readonly<Record<string, unknown>>;

/** Secret values by the path of their field, such as "tls.clientKey". */
export type SecretFields = Readonly<Record<string, string>>;

/** A configuration in two parts: what everybody may see, and the secret values that are set. */
export function splitSecrets(configuration: Json, paths: readonly string[]): { open: Json; secrets: SecretFields } {
  const open = structuredClone(configuration) as Record<string, unknown>;
  const secrets: Record<string, string> = {};
  for (const path of paths) {
    const { holder, name } = holderOf(open, path);
    const value = holder?.[name];
    if (typeof value === "string" && value !== "") secrets[path] = value;
    if (holder !== undefined) delete holder[name];
  }
  return { open, secrets };
}

/** The configuration whole again. */
export function joinSecrets(open: Json, secrets: SecretFields): Json {
  const whole = structuredClone(open) as Record<string, unknown>;
  for (const [path, value] of Object.entries(secrets)) {
    const { holder, name } = holderOf(whole, path);
    if (holder !== undefined) holder[name] = value;
  }
  return whole;
}

/** What a secret is the secret of, by their paths. */
const BELONGS_TO: Readonly<Record<string, string>> = {
  password: "username",
  "tls.clientKey": "tls.clientCertificate",
};

/** Those of the kept secrets that a configuration still has a use for: without its user, a password is kept no longer. */
export function stillMeant(open: Json, kept: SecretFields): SecretFields {
  const isMeant = ([path]: [string, string]): boolean => {
    const owner = BELONGS_TO[path];
    if (owner === undefined) return true;
    const { holder, name } = holderOf(open, owner);
    return Boolean(holder?.[name]);
  };
  return Object.fromEntries(Object.entries(kept).filter(isMeant));
}

/** The object that has the last field of a path; nothing where a part before it is not set. */
function holderOf(json: Record<string, unknown>, path: string): { holder?: Record<string, unknown>; name: string } {
  const names = path.split(".");
  const name = names.pop() ?? "";
  let holder: unknown = json;
  for (const each of names) holder = (holder as Record<string, unknown> | undefined)?.[each];
  return typeof holder === "object" && holder !== null ? { holder: holder as Record<string, unknown>, name } : { name };
}
