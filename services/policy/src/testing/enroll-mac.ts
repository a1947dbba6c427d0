import { randomUUID } from "node:crypto";
import { Enrollment } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { TestPlatform } from "./test-platform.ts";

/**
 * Tells the service of a Mac of the company's, unless `rest` and `apple` say something else. Without `apple.osVersion`
 * it takes profiles and no declarations.
 */
export const enrollMac = (
  { publish }: TestPlatform,
  deviceId: string,
  version: number,
  rest: object = {},
  apple: object = {},
): Promise<unknown> => {
  const enrollment = Enrollment.fromJSON({
    deviceId,
    version,
    platform: "PLATFORM_MACOS",
    status: "STATUS_ENROLLED",
    ownership: "OWNERSHIP_CORPORATE",
    hostname: `${deviceId}.local`,
    hardwareSerial: "C02<&>",
    generations: { apple: 1 },
    apple: { enrollmentId: randomUUID(), udid: "UDID-1", productName: "Mac15,3", ...apple },
    ...rest,
  });
  return publish("muster.enrollment.v1.DeviceEnrolled", deviceId, { enrollment, reEnrolled: false });
};
