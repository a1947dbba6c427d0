export interface Example {
  readonly about: string;
  readonly lines: readonly string[];
  /** Where running it is more than to run it to a good end; how this is said stands in e2e/README.md. */
  readonly mark?: string;
}

/** What people do with it, each with the words that do it; docs/cli.md shows them. */
export const EXAMPLES: readonly Example[] = [
  { about: "Sign in", lines: ["muster login --server https://muster.example.com --email ada@example.com"] },
  { about: "See the fleet", lines: ["muster get devices --platform linux"] },
  { about: "Go on watching it", lines: ["muster get devices --watch"], mark: "until: linux" },
  {
    about: "Ask every device of a label",
    lines: ["muster query 'select name, major from os_version' --label engineering"],
  },
  {
    about: "Ask those that the list of devices has for a selector",
    lines: ["muster query 'select total_seconds from uptime' --selector platform=linux,presence=online"],
  },
  {
    about: "See, and then ask, those that fail a policy, or those with a fact",
    lines: [
      "muster get devices --compliance failing",
      "muster refetch --selector 'platform=linux,condition=system_info.cpu_logical_cores greater_than 1'",
    ],
  },
  { about: "Run a script and end as it ended", lines: ["muster script run backup.sh --device ada-laptop"] },
  {
    about: "Look at files of a device, which osquery sends within a minute",
    lines: ["muster carve start ada-server /etc/hosts --to - | tar --list"],
  },
  {
    about: "Lock a lost Mac, and wait until it is locked",
    lines: ["muster lock ada-mac --reason 'left on a train' --wait --yes"],
  },
  {
    about: "Restart many in waves",
    lines: [
      "muster restart --selector platform=macos,label=finance --campaign 'after the update' --wave 10 --wave 25% --yes",
    ],
  },
  {
    about: "End the management of many devices, once somebody else approved it",
    lines: ["muster unenroll --selector label=sold --reason 'sold' --campaign 'sold laptops' --yes"],
    mark: "not-run: what follows asks devices that are still managed",
  },
  {
    about: "Let it begin, as the second person that it needs",
    lines: ["muster campaign approve 0199a3f0-0000-7000-8000-000000000000"],
    mark: "not-run: the id is one of your own",
  },
  {
    about: "One of Apple's own commands",
    lines: ["muster apple ada-ipad --request SecurityInfo --wait --yes -o json"],
  },
  {
    about: "Bring the platform to what files say",
    lines: ["muster diff -f platform/", "muster apply -f platform/"],
  },
  {
    about: "Remove what is not needed any more",
    lines: ["muster delete policies 'disk encryption' 'screen lock'"],
  },
  {
    about: "Follow what happens",
    lines: ["muster events tail --service policy --since 2h --format ocsf"],
    mark: "until: class_uid",
  },
  { about: "Prove that nobody changed the record", lines: ["muster audit verify"] },
];
