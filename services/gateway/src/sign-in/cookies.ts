/** A cookie that scripts cannot read; with the age 0 the browser forgets it. */
export type WriteCookie = (name: string, value: string, path: string, maxAgeSec: number) => string;

/** Secure ones travel over TLS alone. */
export const cookieWriter =
  (secure: boolean): WriteCookie =>
  (name, value, path, maxAgeSec) =>
    `${name}=${value}; Path=${path}; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSec}${secure ? "; Secure" : ""}`;
