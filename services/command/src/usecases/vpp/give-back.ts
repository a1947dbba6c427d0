import { changeLicenses, type OpenLicense } from "../../storage/app-licenses.ts";
import { assigneesOf } from "./take-licenses.ts";
import type { TokenWork } from "./token-work.ts";

/** Asks Apple to take back what nobody uses any more. @returns whether it was asked for something */
export async function giveBack(work: TokenWork, open: readonly OpenLicense[], most: number): Promise<boolean> {
  const { bearer, deps, token, write } = work;
  const back = open.filter(({ event_id, state }) => state === "returning" && event_id === "");
  for (const licenses of Map.groupBy(back, ({ adam_id, pricing_param }) => `${adam_id}/${pricing_param}`).values()) {
    for (let start = 0; start < licenses.length; start += most) {
      const part = licenses.slice(start, start + most);
      const [first] = part;
      if (first === undefined) continue;
      const asset = { adamId: first.adam_id, pricingParam: first.pricing_param };
      const eventId = await deps.store.disassociate(bearer, asset, assigneesOf(part));
      await write((each) =>
        changeLicenses(
          each.sql,
          token.tenant,
          part.map((license) => [license, { eventId, attempts: license.attempts + 1 }]),
          deps.now(),
        ),
      );
    }
  }
  return back.length > 0;
}
