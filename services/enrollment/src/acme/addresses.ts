import type { AcmePlace } from "../domain/acme/acme-order.ts";

/** The addresses of one enrollment's ACME, each below its own directory's. */
export function acmeAddresses(origin: string, { enrollmentId, tenant }: AcmePlace) {
  const base = `${origin}/apple/acme/${tenant}/${enrollmentId}`;
  return {
    directory: `${base}/directory`,
    nonces: `${base}/nonces`,
    accounts: `${base}/accounts`,
    account: (id: string) => `${base}/accounts/${id}`,
    accountOrders: (id: string) => `${base}/accounts/${id}/orders`,
    orders: `${base}/orders`,
    order: (id: string) => `${base}/orders/${id}`,
    finalize: (id: string) => `${base}/orders/${id}/finalize`,
    certificate: (id: string) => `${base}/orders/${id}/certificate`,
    authorization: (id: string) => `${base}/authorizations/${id}`,
    challenge: (id: string) => `${base}/challenges/${id}`,
    revocations: `${base}/revocations`,
    keyChanges: `${base}/key-changes`,
  };
}

export type AcmeAddresses = ReturnType<typeof acmeAddresses>;
