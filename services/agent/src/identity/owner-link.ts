import type { Server } from "../channel/server.ts";

/** Asks for the link by which whoever holds this device opens its page. It works once, within ten minutes. */
export async function ownerLink(server: Server): Promise<string> {
  const { url } = (await server.post("/agent/v1/my-device", {}, {})) as { readonly url?: unknown };
  if (typeof url !== "string") throw new Error("the server gave no link to this device's page");
  return url;
}
