import type { Json } from "../api/client.ts";
import { print, printWhole } from "../output/print.ts";
import { documentsOf } from "./create.ts";
import { stateName } from "./resources/resource.ts";
import { type GlobalOptions, openSession, type Session } from "./session.ts";

type CampaignAct = "pause" | "resume" | "cancel" | "approve" | "reject";

export async function describeCampaign(id: string, options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  await printWhole(await api.get(pathOf(id)), format);
}

/** Makes the campaigns that a YAML or JSON file tells of, by the names of the API. */
export async function createCampaigns({ file, ...options }: GlobalOptions & { readonly file: string }): Promise<void> {
  const session = openSession(options);
  for (const campaign of await documentsOf(file)) await makeCampaign(session, campaign);
}

/** Makes one, and says whether a second person has to approve it. */
export async function makeCampaign({ api, format }: Session, campaign: Json): Promise<void> {
  const made = await api.call("/api/v1/campaigns", { method: "POST", body: campaign });
  if (format === "table") print(`${made.id}  ${made.name}  ${stateName(made.state)}\n`);
  else await printWhole(made, format);
  if (made.state === "CAMPAIGN_STATE_AWAITING_APPROVAL")
    process.stderr.write(`It waits for a second person: \`muster campaign approve ${made.id}\`\n`);
}

/** Pauses, resumes, cancels, approves or rejects a campaign, and prints it. */
export async function actOnCampaign(
  act: CampaignAct,
  id: string,
  { reason, ...options }: GlobalOptions & { readonly reason?: string },
): Promise<void> {
  const { api, format } = openSession(options);
  const body = reason === undefined ? {} : { body: { reason } };
  await printWhole(await api.call(`${pathOf(id)}/${act}`, { method: "POST", ...body }), format);
}

const pathOf = (id: string): string => `/api/v1/campaigns/${encodeURIComponent(id)}`;
