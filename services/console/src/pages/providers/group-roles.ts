import type { Schema } from "@muster/api-client/call";

export type GroupRole = Schema<"gateway.RoleOfGroup">;

/** One mapping a line, `group = role`; a group's own name may have a sign of equality in it. */
export function readGroupRoles(text: string): GroupRole[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const at = line.lastIndexOf("=");
      return at < 0
        ? { group: line.trim(), role: "" }
        : { group: line.slice(0, at).trim(), role: line.slice(at + 1).trim() };
    });
}

export const writeGroupRoles = (roles: readonly GroupRole[]): string =>
  roles.map(({ group, role }) => `${group} = ${role}`).join("\n");
