import type { Json } from "../api/client.ts";
import { spanSeconds } from "../api/span.ts";
import { makeCampaign } from "../commands/campaign.ts";
import type { Session } from "../commands/session.ts";
import { usage } from "../failure.ts";

export interface CampaignOptions {
  /** The campaign's name. */
  readonly campaign?: string;
  readonly wave?: readonly string[];
  readonly pause?: string;
}

/** Makes a campaign of what devices are asked for: in waves, which stop by themselves when too many fail. */
export async function startCampaign(
  session: Session,
  devices: readonly Json[],
  { expiresInSeconds, ...order }: Json,
  { campaign: name, wave = [], pause }: CampaignOptions,
): Promise<void> {
  const body = {
    name,
    selection: { deviceIds: devices.map(({ id }) => id) },
    ...order,
    commandExpiresInSeconds: expiresInSeconds,
    waves: wave.map(readWave),
    ...(pause !== undefined && { pauseSeconds: spanSeconds("pause", pause) }),
  };
  await makeCampaign(session, body);
}

/** "10" devices, or "25%" of all. */
function readWave(text: string): Json {
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  if (number === undefined || (percent === "" && number.includes(".")))
    throw usage(`--wave is a number of devices such as 10, or a share of all such as 25%: not "${text}"`);
  return percent === "%" ? { percent: Number(number) } : { count: Number(number) };
}
