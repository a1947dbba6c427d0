/** How a device gets its certificate: over SCEP, or over ACME without or with its maker's word about key and device. */
export type IdentityWay = "scep" | "acme" | "acme_attested";
