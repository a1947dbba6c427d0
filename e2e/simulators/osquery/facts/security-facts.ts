import { createHash } from "node:crypto";
import type { HostIdentity } from "../host-identity.ts";
import type { Row, TableBuilders } from "./row.ts";

const day = 86_400;

const authority = (host: HostIdentity, name: string, bits: string, expires: number): Row => ({
  common_name: name,
  subject: `/C=US/O=${name}/CN=${name}`,
  issuer: `/C=US/O=${name}/CN=${name}`,
  ca: 1,
  self_signed: 1,
  not_valid_before: String(expires - 9125 * day),
  not_valid_after: String(expires),
  signing_algorithm: "sha256WithRSAEncryption",
  key_algorithm: "rsaEncryption",
  key_strength: bits,
  sha1: createHash("sha1").update(name).digest("hex"),
  path: { darwin: "/Library/Keychains/System.keychain", windows: "LocalMachine\\Root", linux: "/etc/ssl/certs" }[
    host.platform
  ],
  serial: createHash("md5").update(name).digest("hex"),
});

const authorities = [
  ["ISRG Root X1", "4096", 2_064_150_000],
  ["DigiCert Global Root G2", "2048", 2_147_083_200],
  ["Amazon Root CA 1", "2048", 2_147_385_600],
  ["GlobalSign Root R46", "4096", 2_373_840_000],
] as const;

export const securityFacts: TableBuilders = {
  certificates: (host, random) => [
    ...authorities.map(([name, bits, expires]) => authority(host, name, bits, expires)),
    {
      common_name: host.name,
      subject: `/CN=${host.name}`,
      issuer: "/O=Corp/CN=Corp Device CA",
      ca: 0,
      self_signed: 0,
      not_valid_before: String(host.bootedAt - 90 * day),
      not_valid_after: String(host.bootedAt + random.int(20, 300) * day),
      signing_algorithm: "ecdsa-with-SHA256",
      key_algorithm: "id-ecPublicKey",
      key_strength: "256",
      sha1: random.hex(40),
      serial: random.hex(32),
    },
  ],
  windows_security_center: (_host, random) => [
    {
      firewall: random.chance(0.95) ? "Good" : "Poor",
      autoupdate: "Good",
      antivirus: random.chance(0.92) ? "Good" : "Poor",
      internet_settings: "Good",
      windows_security_center_service: "Good",
      user_account_control: "Good",
    },
  ],
  windows_security_products: () => [
    { type: "Antivirus", name: "Microsoft Defender Antivirus", state: "On", signatures_up_to_date: 1 },
    { type: "Firewall", name: "Windows Firewall", state: "On", signatures_up_to_date: 1 },
  ],
  alf: (_host, random) => [
    {
      allow_signed_enabled: 1,
      firewall_unload: 0,
      global_state: random.chance(0.85) ? 1 : 0,
      logging_enabled: 1,
      logging_option: 0,
      stealth_enabled: random.chance(0.4) ? 1 : 0,
      version: "1.6",
    },
  ],
  gatekeeper: (_host, random) => [
    { assessments_enabled: random.chance(0.97) ? 1 : 0, dev_id_enabled: 1, version: "8.0", opaque_version: "94" },
  ],
  sip_config: (_host, random) => {
    const enabled = random.chance(0.97) ? 1 : 0;
    return [{ config_flag: "sip", enabled, enabled_nvram: enabled }];
  },
  screenlock: (_host, random) => [
    random.chance(0.9) ? { enabled: 1, grace_period: random.pick([0, 5, 300]) } : { enabled: 0, grace_period: -1 },
  ],
};
