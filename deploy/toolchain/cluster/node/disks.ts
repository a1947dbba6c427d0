import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { NODE_NAME } from "../identities.ts";

const CLASS = "muster-disks";

/** The default class of disks, and as many of them: folders of this machine, which are claimed and not made on demand. */
export async function disks(folder: string, count: number): Promise<readonly unknown[]> {
  const objects: unknown[] = [
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: CLASS, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "kubernetes.io/no-provisioner",
      volumeBindingMode: "WaitForFirstConsumer",
    },
  ];
  for (let number = 1; number <= count; number += 1) {
    const path = join(folder, `disk-${number}`);
    await mkdir(path);
    objects.push({
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: `disk-${number}` },
      spec: {
        storageClassName: CLASS,
        capacity: { storage: "10Gi" },
        accessModes: ["ReadWriteOnce"],
        local: { path },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [NODE_NAME] }] },
            ],
          },
        },
      },
    });
  }
  return objects;
}
