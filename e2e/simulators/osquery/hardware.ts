import type { Platform } from "./platform.ts";

export interface Hardware {
  readonly vendor: string;
  readonly model: string;
  readonly cpu: string;
  readonly arch: "arm64" | "x86_64";
  readonly cores: number;
  readonly memoryGb: number;
  readonly diskGb: number;
  readonly laptop: boolean;
}

const mac = (
  model: string,
  cpu: string,
  cores: number,
  memoryGb: number,
  diskGb: number,
  laptop: boolean,
): Hardware => ({
  vendor: "Apple Inc.",
  model,
  cpu,
  arch: "arm64",
  cores,
  memoryGb,
  diskGb,
  laptop,
});

const pc = (
  vendor: string,
  model: string,
  cpu: string,
  cores: number,
  memoryGb: number,
  diskGb: number,
  laptop: boolean,
): Hardware => ({ vendor, model, cpu, arch: "x86_64", cores, memoryGb, diskGb, laptop });

const laptops = [
  pc("Dell Inc.", "Latitude 7440", "13th Gen Intel(R) Core(TM) i7-1365U", 10, 16, 512, true),
  pc("Dell Inc.", "XPS 13 9340", "Intel(R) Core(TM) Ultra 7 155H", 16, 32, 1024, true),
  pc("LENOVO", "21HM002KGE", "13th Gen Intel(R) Core(TM) i5-1345U", 10, 16, 512, true),
  pc("LENOVO", "21K5CTO1WW", "AMD Ryzen 7 PRO 7840U w/ Radeon 780M Graphics", 8, 32, 1024, true),
  pc("HP", "HP EliteBook 840 14 inch G10 Notebook PC", "13th Gen Intel(R) Core(TM) i5-1350P", 12, 16, 512, true),
  pc("HP", "HP ProDesk 400 G9 Desktop Mini PC", "12th Gen Intel(R) Core(TM) i5-12500T", 6, 16, 256, false),
] as const;

export const HARDWARE: Readonly<Record<Platform, readonly Hardware[]>> = {
  darwin: [
    mac("Mac14,2", "Apple M2", 8, 16, 512, true),
    mac("Mac14,7", "Apple M2", 8, 16, 256, true),
    mac("Mac15,3", "Apple M3", 8, 16, 512, true),
    mac("Mac15,8", "Apple M3 Max", 14, 36, 1024, true),
    mac("Mac16,1", "Apple M4", 10, 24, 512, true),
    mac("Mac16,10", "Apple M4", 10, 16, 256, false),
  ],
  windows: laptops,
  linux: [
    ...laptops,
    pc("Dell Inc.", "PowerEdge R650", "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz", 64, 256, 3840, false),
    pc("Supermicro", "AS -1114S-WN10RT", "AMD EPYC 7543P 32-Core Processor", 32, 128, 1920, false),
    pc("QEMU", "Standard PC (Q35 + ICH9, 2009)", "Intel Xeon Processor (Icelake)", 4, 8, 80, false),
  ],
};
