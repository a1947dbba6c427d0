import { isIP } from "node:net";

export interface TcpTarget {
  readonly host: string;
  readonly port: number;
  /** For TLS; absent for an address, which RFC 6066 §3 does not allow as a server name. */
  readonly servername?: string;
}

/** Where to open a socket for a URL. */
export const tcpTarget = (url: string): TcpTarget => {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const target = { host, port: Number(port || (protocol === "https:" ? 443 : 80)) };
  return isIP(host) === 0 ? { ...target, servername: host } : target;
};
