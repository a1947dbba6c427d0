/** An event's body without the fields that stand elsewhere, each named as "field" or "field.field". */
export function unmappedOf(data: unknown, mapped: readonly string[]): object {
  if (typeof data !== "object" || data === null) return {};
  const rest: Record<string, unknown> = { ...data };
  for (const path of mapped) {
    const [field = "", inner] = path.split(".");
    const value = rest[field];
    if (inner === undefined) delete rest[field];
    else if (typeof value === "object" && value !== null) {
      const { [inner]: _, ...kept } = value as Record<string, unknown>;
      rest[field] = kept;
    }
  }
  return rest;
}
