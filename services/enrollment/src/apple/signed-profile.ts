import { signData } from "@muster/apple-protocol/cms/sign-data";
import type { AppleAuthority } from "../ca/apple-authority.ts";

/** A profile under the CA's signature, without which a device shows it as not verified. */
export const signedProfile = ({ certificate, key }: AppleAuthority, content: Buffer, signingTime: Date): Buffer =>
  signData({ content, certificate, key, signingTime });
