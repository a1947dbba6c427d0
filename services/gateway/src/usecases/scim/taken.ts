import { isUniqueViolation } from "@muster/postgres/sqlstate";
import { refuse } from "../../domain/refusals.ts";

/** Refuses what would give two the same name. */
export async function refuseTaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw refuse("scim.taken", "somebody here has this user name or address, or a group has this name");
  }
}
