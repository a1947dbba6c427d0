import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";

/** The cluster has a network of its own, of which the machine's other programs see nothing: no port is taken. */
export const NODE_ADDRESS = "10.207.0.1";
export const POD_NETWORK = "10.207.0.0/16";
export const SERVICE_NETWORK = "10.208.0.0/16";
export const API_SERVER = "https://127.0.0.1:6443";
export const BRIDGE = "muster";

/** Of the network in which this process is: the bridge to which pods are plugged, and the way to Services. */
export function layNetwork(): void {
  for (const line of [
    "link set lo up",
    `link add ${BRIDGE} type bridge`,
    `address add ${NODE_ADDRESS}/16 dev ${BRIDGE}`,
    `link set ${BRIDGE} up`,
    `route add ${SERVICE_NETWORK} dev ${BRIDGE}`,
  ]) {
    const { status, stderr } = spawnSync("ip", line.split(" "), { encoding: "utf8" });
    if (status !== 0) throw new Error(`ip ${line} ended with ${status}: ${stderr}`);
  }
}

/** Pods reach Services through the node, and answers within the bridge go back the way that the questions came. */
export function routePods(): void {
  writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
  writeFileSync("/proc/sys/net/bridge/bridge-nf-call-iptables", "1");
}
