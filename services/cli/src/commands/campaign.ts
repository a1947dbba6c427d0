import { printWhole } from "../output/print.ts";
import { type GlobalOptions, openSession } from "./session.ts";

type CampaignAct = "pause" | "resume" | "cancel" | "approve";

export async function describeCampaign(id: string, options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  await printWhole(await api.get(pathOf(id)), format);
}

/** Pauses, resumes, cancels or approves a campaign, and prints it. */
export async function actOnCampaign(act: CampaignAct, id: string, options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  await printWhole(await api.call(`${pathOf(id)}/${act}`, { method: "POST" }), format);
}

const pathOf = (id: string): string => `/api/v1/campaigns/${encodeURIComponent(id)}`;
