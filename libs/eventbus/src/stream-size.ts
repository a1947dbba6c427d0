import { wholeNumber } from "@muster/host/environment";

const MIB = 1024 ** 2;

/** What an installation chooses of each stream. */
export interface StreamSize {
  /** How many servers keep it. */
  readonly replicas: number;
  /** How much each of them keeps of it. The server sets this much aside at once, on paper, of what its store may hold. */
  readonly maxBytes: number;
}

/** The settings that it is read from. */
export const STREAM_SIZE = {
  replicas: ["MUSTER_NATS_REPLICAS", wholeNumber, 1],
  streamMib: ["MUSTER_NATS_STREAM_MIB", wholeNumber, 8 * 1024],
} as const;

export const streamSizeOf = ({ replicas, streamMib }: { replicas: number; streamMib: number }): StreamSize => ({
  replicas,
  maxBytes: streamMib * MIB,
});
