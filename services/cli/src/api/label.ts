import { EXIT } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import type { Api, Json } from "./client.ts";

/** The ids of the labels with these names or ids. */
export async function labelIds(api: Api, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const { labels } = await api.get("/api/v1/labels");
  return names.map((name) => {
    const label = (labels as Json[]).find((each) => each.id === name || each.name === name);
    if (label === undefined)
      throw new Failure(EXIT.missing, `there is no label "${name}"; \`muster get labels\` lists them`);
    return label.id as string;
  });
}
