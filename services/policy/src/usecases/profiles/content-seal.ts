import type { Vault } from "@muster/vault/vault";

/** Seals what profiles hold: passwords and keys stand in it. */
export interface ContentSeal {
  readonly seal: (tenant: string, profileId: string, content: Buffer) => Buffer;
  readonly open: (tenant: string, profileId: string, sealed: Buffer) => Buffer;
}

export const contentSeal = (vault: Vault): ContentSeal => {
  const place = (tenant: string, profileId: string) => `${tenant}/profile/${profileId}`;
  return {
    seal: (tenant, profileId, content) => vault.seal(place(tenant, profileId), content),
    open: (tenant, profileId, sealed) => vault.open(place(tenant, profileId), sealed),
  };
};
