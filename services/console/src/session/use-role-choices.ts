import { useApi } from "../api/use-api.ts";
import type { Choice } from "../parts/fields.tsx";
import { ROLES } from "./roles.ts";
import { useMay } from "./session.tsx";

/** The roles that can be given: Muster's, and the tenant's own as far as one may see them. */
export function useRoleChoices(): readonly Choice[] {
  const roles = useApi("/api/v1/roles", {}, { enabled: useMay("role.read") });
  const own = (roles.data?.roles ?? []).filter(({ builtIn }) => !builtIn);
  return [
    ...ROLES,
    ...own.map(({ name, description }): Choice => [name, description === "" ? name : `${name}: ${description}`]),
  ];
}
