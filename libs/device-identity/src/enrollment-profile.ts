/** The PayloadIdentifier of the profile that puts an Apple device under management: a device that loses it is managed no longer. */
export const ENROLLMENT_PROFILE = "muster.enrollment";
