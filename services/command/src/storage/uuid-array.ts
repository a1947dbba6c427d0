/** UUIDs as Postgres reads an array of them. Of a hundred thousand, none has to be looked at for what would have to be escaped. */
export const uuidArray = (uuids: readonly string[]): string => `{${uuids.join(",")}}`;
