/** What a load works against; everything is given, nothing is found out. */
export interface LoadTarget {
  /** Origin of the enrollment service's device door, or of the ingress. */
  readonly enrollmentUrl: string;
  /** Origin of the inventory service's device door, or of the ingress. */
  readonly inventoryUrl: string;
  /** Origins of all replicas of the two, when there are more than one: connections go to them in turn. */
  readonly replicas?: Readonly<Record<"enrollment" | "inventory", readonly string[]>>;
  /** Origin of the public API. */
  readonly gatewayUrl: string;
  /** API token for the gateway. */
  readonly token: string;
  /** osquery enroll secret. */
  readonly secret: string;
  /** The processes whose memory and processor time are reported, by name. */
  readonly pids: Readonly<Record<string, number>>;
  /** PEM, when the origins are https. */
  readonly ca?: string;
  /** Sent with every device request, such as what a service expects of the ingress in front of it. */
  readonly headers?: Readonly<Record<string, string>>;
}
