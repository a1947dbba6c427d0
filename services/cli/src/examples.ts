/** What people do with it, each with the words that do it; docs/cli.md shows them. */
export const EXAMPLES: readonly (readonly [about: string, ...lines: string[]])[] = [
  ["Sign in", "muster login --server https://muster.example.com --email ada@example.com"],
  ["See the fleet, and go on watching it", "muster get devices --platform linux", "muster get devices --watch"],
  ["Ask every device of a label", "muster query 'select name, version from deb_packages' --label finance"],
  ["Run a script and end as it ended", "muster script run backup.sh --device ada-laptop"],
  ["Lock a lost laptop, and wait until it is locked", "muster lock ada-laptop --reason 'left on a train' --wait"],
  [
    "Restart many in waves, with a second person where one is needed",
    "muster restart --selector platform=macos,label=finance --campaign 'after the update' --wave 10 --wave 25% --yes",
    "muster campaign approve 0199a3f0-0000-7000-8000-000000000000",
  ],
  ["One of Apple's own commands", "muster apple ada-ipad --request SecurityInfo --wait --yes -o json"],
  ["Bring the platform to what files say", "muster diff -f platform/", "muster apply -f platform/"],
  ["Remove what is not needed any more", "muster delete policies 'disk encryption' 'screen lock'"],
  ["Follow what happens", "muster events tail --service policy --since 2h --format ocsf"],
  ["Prove that nobody changed the record", "muster audit verify"],
];
