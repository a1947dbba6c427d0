/**
 * The serial number of a certificate (RFC 5280 §4.1.2.2): positive, at most 20 bytes; without a leading zero byte it reads
 * the same everywhere.
 */
export function serialNumber(randomBytes: (length: number) => Buffer): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}
