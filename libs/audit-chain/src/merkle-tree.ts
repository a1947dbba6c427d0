import { hash } from "node:crypto";

// RFC 6962 §2.1: leaves and nodes are hashed with another first byte, so that a node can never be shown as a leaf.
const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

const leafOf = (leaf: string): Buffer => hash("sha256", Buffer.concat([LEAF, Buffer.from(leaf, "hex")]), "buffer");
const nodeOf = (left: Buffer, right: Buffer): Buffer => hash("sha256", Buffer.concat([NODE, left, right]), "buffer");

/** Each level of the tree, leaves first. A node without a neighbour rises as it is, which gives RFC 6962's tree. */
function levelsOf(leaves: readonly string[]): Buffer[][] {
  const levels = [leaves.map(leafOf)];
  for (let level = levels[0] ?? []; level.length > 1; levels.push(level)) {
    const above: Buffer[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at] as Buffer, level[at + 1]];
      above.push(right === undefined ? left : nodeOf(left, right));
    }
    level = above;
  }
  return levels;
}

/** The tree's root, hex; the leaves are hex, and there is at least one. */
export function merkleRoot(leaves: readonly string[]): string {
  const root = levelsOf(leaves).at(-1)?.[0];
  if (root === undefined) throw new Error("a tree has at least one leaf");
  return root.toString("hex");
}

/** The hashes beside the way from one leaf to the root, nearest first (RFC 6962 §2.1.1). */
export function inclusionPath(leaves: readonly string[], index: number): string[] {
  const path: string[] = [];
  let at = index;
  for (const level of levelsOf(leaves)) {
    const beside = level[at ^ 1];
    if (beside !== undefined) path.push(beside.toString("hex"));
    at >>= 1;
  }
  return path;
}

/** The root that a leaf and its path lead to; nothing when the path does not fit a tree of this size. */
export function rootByPath(leaf: string, index: number, size: number, path: readonly string[]): string | undefined {
  if (!(index >= 0 && index < size)) return undefined;
  let [node, at, width, used] = [leafOf(leaf), index, size, 0];
  for (; width > 1; at >>= 1, width = (width + 1) >> 1) {
    if ((at ^ 1) >= width) continue;
    const beside = path[used++];
    if (beside === undefined) return undefined;
    const other = Buffer.from(beside, "hex");
    node = at % 2 === 0 ? nodeOf(node, other) : nodeOf(other, node);
  }
  return used === path.length ? node.toString("hex") : undefined;
}
