/**
 * The first line of what a document shows that the true output does not have; undefined when it has them all, in order.
 * `…` stands for anything, and one space for any number of them.
 */
export function lineNotShown(shown: string, output: string): string | undefined {
  const lines = output.split("\n").map(closed);
  let from = 0;
  for (const line of shown.split("\n").map(closed)) {
    if (line === "" || line === "…") continue;
    const pattern = new RegExp(`^${line.split("…").map(escaped).join(".*")}$`);
    const place = lines.findIndex((each, at) => at >= from && pattern.test(each));
    if (place === -1) return line;
    from = place + 1;
  }
  return undefined;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

const closed = (line: string): string => line.trim().replaceAll(/\s+/g, " ");
