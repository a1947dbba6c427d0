import { Agent, request } from "undici";

const MOST_STEPS = 10;

/**
 * The sheet that a device opens for a person to sign in: it goes wherever it is sent, keeps each origin's cookies, and
 * ends at the address of the device's own scheme. @returns the token there, or nothing when it ends elsewhere.
 */
export async function signInOnSheet(start: string, ca: string): Promise<string | undefined> {
  const dispatcher = new Agent({ connect: { ca } });
  const cookies = new Map<string, Map<string, string>>();
  try {
    let url = new URL(start);
    for (let step = 0; step < MOST_STEPS; step++) {
      const jar = cookies.get(url.origin) ?? new Map<string, string>();
      cookies.set(url.origin, jar);
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
      const answer = await request(url, { dispatcher, headers: cookie === "" ? {} : { cookie } });
      await answer.body.dump();
      for (const set of [answer.headers["set-cookie"] ?? []].flat()) keep(jar, set);
      const location = answer.headers["location"];
      if (typeof location !== "string") return undefined;
      if (location.startsWith("apple-remotemanagement-user-login:"))
        return answer.statusCode === 308
          ? (new URL(location).searchParams.get("access-token") ?? undefined)
          : undefined;
      url = new URL(location, url);
    }
    throw new Error(`${start} leads nowhere`);
  } finally {
    await dispatcher.close();
  }
}

function keep(jar: Map<string, string>, set: string): void {
  const [pair = "", ...attributes] = set.split(";").map((part) => part.trim());
  const [name = "", ...value] = pair.split("=");
  if (attributes.includes("Max-Age=0")) jar.delete(name);
  else jar.set(name, value.join("="));
}
