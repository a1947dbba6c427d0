type Answer = Readonly<Record<string, unknown>>;

const isInner = (value: unknown): boolean => typeof value === "object" && value !== null;

const withoutInner = (member: unknown): unknown =>
  isInner(member) && !Array.isArray(member)
    ? Object.fromEntries(Object.entries(member as Answer).filter(([, value]) => !isInner(value)))
    : member;

/** The answer without what the members of its lists hold in them, such as the payloads and certificates of profiles. */
export const withFlatMembers = (answer: Answer): Answer =>
  Object.fromEntries(
    Object.entries(answer).map(([key, value]) => [key, Array.isArray(value) ? value.map(withoutInner) : value]),
  );

/** As much of the answer, and as many of the members of its lists, as so many bytes of JSON hold. */
export function shortened(answer: Answer, mostBytes: number): Answer {
  let left = mostBytes;
  const fits = (value: unknown): boolean => {
    left -= Buffer.byteLength(JSON.stringify(value)) + 1;
    return left >= 0;
  };
  return Object.fromEntries(
    Object.entries(answer).flatMap(([key, value]) => {
      if (Array.isArray(value)) return [[key, value.filter(fits)]];
      return fits(value) ? [[key, value]] : [];
    }),
  );
}
