import type { DeviceParts } from "../device-parts.ts";
import type { DoorAnswer } from "../wire/apple-door.ts";
import { EnrollmentRefused, profileIn } from "./fetch-profile.ts";
import { machineInfo, SIGNATURE_TYPE, signedByFactory } from "./machine-info.ts";
import type { Bearer } from "./management.ts";
import { askUpdated } from "./update-first.ts";

export interface AccountEnrollment {
  /** Where the domain of the account is served: `https://example.org`. */
  readonly origin: string;
  /** The managed account: `ada@example.org`. */
  readonly account: string;
  /** `BYOD`: the device stays its owner's. `ADDE`: it becomes the organization's. */
  readonly mode: "BYOD" | "ADDE";
  /** Signs the person in on the page that the server names. @returns the token that the page ends with. */
  readonly signIn: (url: string) => Promise<string | undefined>;
}

const discover = async (
  { door, hardware }: DeviceParts,
  { origin, account, mode }: AccountEnrollment,
): Promise<string> => {
  const url = new URL("/.well-known/com.apple.remotemanagement", origin);
  url.searchParams.set("user-identifier", account);
  url.searchParams.set("model-family", hardware.kind);
  const answer = await door.send({ method: "GET", url: url.href });
  if (answer.status !== 200) throw new EnrollmentRefused(url.href, answer);
  const { Servers: servers } = JSON.parse(answer.body.toString()) as {
    Servers?: readonly { readonly Version?: string; readonly BaseURL?: string }[];
  };
  const version = mode === "BYOD" ? "mdm-byod" : "mdm-adde";
  const found = servers?.find(({ Version }) => Version === version)?.BaseURL;
  if (found === undefined) throw new Error(`the domain names no server for ${version}`);
  return found;
};

/** The address to sign in at, out of `Bearer method="apple-as-web" url="…"`. */
const loginPage = ({ headers }: DoorAnswer): string | undefined => {
  const challenge = headers["www-authenticate"] ?? "";
  if (!challenge.startsWith("Bearer ") || !challenge.includes('method="apple-as-web"')) return undefined;
  return /\burl="([^"]+)"/.exec(challenge)?.[1];
};

/** From the account of a person to an enrollment profile, and the token that later requests carry. @throws EnrollmentRefused */
export const enrollByAccount = async (
  parts: DeviceParts,
  enrollment: AccountEnrollment,
): Promise<{ readonly profile: Buffer; readonly bearer: Bearer }> => {
  const url = await discover(parts, enrollment);
  const ask = async (token: string | undefined): Promise<DoorAnswer> =>
    await parts.door.send({
      method: "POST",
      url,
      headers: {
        "content-type": SIGNATURE_TYPE,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: await signedByFactory(parts, machineInfo(parts, enrollment.mode === "BYOD")),
    });
  const renew = async (answer: DoorAnswer): Promise<string | undefined> => {
    const page = answer.status === 401 ? loginPage(answer) : undefined;
    return page === undefined ? undefined : await enrollment.signIn(page);
  };
  const first = await askUpdated(parts, () => ask(undefined));
  const token = await renew(first);
  if (token === undefined) throw new EnrollmentRefused(url, first);
  return { profile: profileIn(parts, url, await ask(token)), bearer: { token, renew } };
};

/** A page that needs nobody to type: it redirects (308) to the address that carries the token. */
export const tokenFromRedirect = ({ status, headers }: DoorAnswer): string | undefined => {
  const location = headers["location"] ?? "";
  if (status !== 308 || !location.startsWith("apple-remotemanagement-user-login:")) return undefined;
  return new URL(location).searchParams.get("access-token") ?? undefined;
};
