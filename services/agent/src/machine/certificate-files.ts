import type { Machine } from "./machine.ts";

/** Where Debian, Fedora and SUSE keep the certificates their programs trust. */
const FOLDERS = [
  "/etc/ssl/certs",
  "/usr/local/share/ca-certificates",
  "/etc/pki/ca-trust/source/anchors",
  "/etc/pki/tls/certs",
];
const BLOCK = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g;

/** Every certificate block in the system's stores with the file it stands in; single files come before bundles. */
export function* readCertificateFiles(machine: Machine): Iterable<{ readonly path: string; readonly pem: string }> {
  const bundles: string[] = [];
  for (const folder of FOLDERS) {
    for (const name of machine.names(folder)) {
      // OpenSSL's lookup links (such as 5ed36f99.0) lead to files that are listed under their own name.
      if (/^[0-9a-f]{8}\.\d+$/.test(name) || !/\.(pem|crt|cer)$/.test(name)) continue;
      const path = `${folder}/${name}`;
      if (machine.status(path)?.isFile() !== true) continue;
      if (/bundle|^ca-certificates|^cert\.pem/.test(name)) bundles.push(path);
      else yield* blocksIn(machine, path);
    }
  }
  for (const path of bundles) yield* blocksIn(machine, path);
}

function* blocksIn(machine: Machine, path: string) {
  for (const [pem] of (machine.text(path) ?? "").matchAll(BLOCK)) yield { path, pem };
}
