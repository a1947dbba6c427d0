import type { Selection } from "../api/types.ts";
import { useApi } from "../api/use-api.ts";
import { counted, platformName } from "../words/names.ts";

/** Which devices something is for, in words. */
export function AppliesTo({ selection }: { readonly selection: Selection | undefined }) {
  const labels = useApi("/api/v1/labels");
  const { deviceIds = [], labelIds = [], platforms = [] } = selection ?? {};
  const names = labelIds.map((id) => labels.data?.labels.find((label) => label.id === id)?.name ?? "a label");
  const words = [
    deviceIds.length > 0 ? counted(deviceIds.length, "device") : "",
    names.join(" or "),
    platforms.map(platformName).join(", "),
  ].filter((word) => word !== "");
  return <span className="soft">{words.join("; ") || "every device"}</span>;
}
