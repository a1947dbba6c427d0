export interface Product {
  readonly name: string;
  readonly publisher: string;
}

const products = (publisher: string, names: string): Product[] =>
  names
    .split(",")
    .map((name) => name.trim())
    .map((name) => ({ name, publisher }));

const unlike = (all: readonly Product[]): Product[] => [
  ...new Map(all.map((product) => [product.name, product])).values(),
];

/** Products people install on both desktop platforms. */
const both: readonly Product[] = [
  ...products("Google LLC", "Google Chrome, Google Drive, Android Studio, Google Earth Pro"),
  ...products("Mozilla", "Firefox, Thunderbird"),
  ...products(
    "Microsoft Corporation",
    "Microsoft Teams, Microsoft OneDrive, Visual Studio Code, Microsoft Edge, Skype",
  ),
  ...products("Adobe Inc.", "Adobe Acrobat Reader, Adobe Photoshop 2026, Adobe Illustrator 2026, Adobe InDesign 2026"),
  ...products(
    "Adobe Inc.",
    "Adobe Creative Cloud, Adobe Lightroom Classic, Adobe Premiere Pro 2026, Adobe Bridge 2026",
  ),
  ...products(
    "JetBrains s.r.o.",
    "IntelliJ IDEA, PyCharm, WebStorm, GoLand, DataGrip, CLion, Rider, PhpStorm, JetBrains Toolbox",
  ),
  ...products("Zoom Video Communications, Inc.", "Zoom Workplace, Zoom Rooms"),
  ...products("Slack Technologies Inc.", "Slack"),
  ...products("AgileBits Inc.", "1Password"),
  ...products("Docker Inc.", "Docker Desktop"),
  ...products("Postman, Inc.", "Postman"),
  ...products("VideoLAN", "VLC media player"),
  ...products("Spotify AB", "Spotify"),
  ...products("Dropbox, Inc.", "Dropbox"),
  ...products("Cisco Systems, Inc.", "Cisco Secure Client, Webex"),
  ...products("Notion Labs, Inc.", "Notion, Notion Calendar"),
  ...products("Figma, Inc.", "Figma"),
  ...products("Tableau Software", "Tableau Desktop, Tableau Prep Builder"),
  ...products("The GIMP Team", "GIMP"),
  ...products("The Document Foundation", "LibreOffice"),
  ...products("Wireshark Foundation", "Wireshark"),
  ...products("KeePassXC Team", "KeePassXC"),
  ...products(
    "Open Source",
    "Audacity, HandBrake, Inkscape, Blender, FileZilla, draw.io, DBeaver, Obsidian, OBS Studio, qBittorrent",
  ),
];

const appleApps = `App Store, Automator, Books, Calculator, Calendar, Chess, Clock, Contacts, Dictionary, FaceTime, Find My,
  Font Book, Freeform, Home, Image Capture, Keynote, Launchpad, Mail, Maps, Messages, Mission Control, Music, News, Notes,
  Numbers, Pages, Passwords, Photo Booth, Photos, Podcasts, Preview, QuickTime Player, Reminders, Safari, Shortcuts, Siri,
  Stickies, Stocks, System Settings, TextEdit, Time Machine, Tips, TV, Voice Memos, Weather, Activity Monitor,
  AirPort Utility, Audio MIDI Setup, Bluetooth File Exchange, Boot Camp Assistant, ColorSync Utility, Console,
  Digital Color Meter, Disk Utility, Grapher, Migration Assistant, Print Center, Screen Sharing, Screenshot,
  Script Editor, System Information, Terminal, VoiceOver Utility, Xcode, iMovie, GarageBand`;

const macTools = `Alfred 5, BetterTouchTool, Rectangle, iTerm, Bartender 5, CleanShot X, Things, OmniFocus, Fantastical, Bear,
  Ulysses, Tower, Fork, Sourcetree, Paw, Proxyman, Transmit, Sketch, Pixelmator Pro, Affinity Designer 2, Affinity Photo 2,
  Little Snitch, Micro Snitch, LuLu, Malwarebytes, Jamf Connect, Nudge, Munki, Santa, Karabiner-Elements, Hammerspoon,
  The Unarchiver, AppCleaner, Raycast, Warp, TablePlus, Sequel Ace, Postico 2, Dash, Kaleidoscope, UTM, Parallels Desktop`;

const appParts = ["Helper", "Updater", "Uninstaller", "Helper (Renderer)", "Crash Reporter"];

/** About 500 names: products, what the system brings, and the small programs that products bring with them. */
export const MAC_APPS: readonly Product[] = unlike([
  ...both,
  ...products("Apple Inc.", appleApps),
  ...products("Independent", macTools),
  ...appParts.flatMap((part) =>
    [...both, ...products("Independent", macTools)].map((of) => ({ ...of, name: `${of.name} ${part}` })),
  ),
]);

const runtimes = ["2008", "2010", "2012", "2013", "2015-2022"].flatMap((year) =>
  ["x86", "x64"].flatMap((cpu) => [
    `Microsoft Visual C++ ${year} Redistributable (${cpu})`,
    `Microsoft Visual C++ ${year} ${cpu} Additional Runtime`,
    `Microsoft Visual C++ ${year} ${cpu} Minimum Runtime`,
  ]),
);

const dotnet = ["6.0.36", "8.0.21", "9.0.10"].flatMap((version) =>
  ["Runtime", "Host", "Host FX Resolver", "Targeting Pack", "AppHost Pack", "SDK"].flatMap((part) => [
    `Microsoft .NET ${part} - ${version} (x64)`,
    `Microsoft ASP.NET Core ${part} - ${version} (x64)`,
    `Microsoft Windows Desktop ${part} - ${version} (x64)`,
  ]),
);

const kits = `Application Verifier x64 External Package, Windows SDK AddOn, Windows Software Development Kit, WinRT Intellisense Desktop,
  Universal CRT Redistributable, Universal CRT Tools x64, MSI Development Tools, Windows App Certification Kit x64,
  Microsoft Update Health Tools, Microsoft Edge WebView2 Runtime, Microsoft Intune Management Extension, PowerShell 7-x64,
  Windows PC Health Check, Microsoft SQL Server 2022 LocalDB, Microsoft ODBC Driver 18 for SQL Server, Azure CLI,
  Microsoft Azure Storage Explorer, Power BI Desktop, Remote Desktop Connection Manager, Windows Subsystem for Linux`;

const office = ["Word", "Excel", "PowerPoint", "Outlook", "OneNote", "Access", "Publisher", "Visio", "Project"].flatMap(
  (name) => [`Microsoft ${name} MUI (English)`, `Microsoft ${name} MUI (German)`, `Microsoft ${name} MUI (French)`],
);

const drivers = `Intel(R) Chipset Device Software, Intel(R) Management Engine Components, Intel(R) Wireless Bluetooth(R),
  Intel(R) Graphics Driver, Realtek High Definition Audio Driver, Synaptics Pointing Device Driver, Dell Command | Update,
  Dell SupportAssist, Dell Power Manager Service, Lenovo System Update, Lenovo Vantage Service, HP Support Assistant,
  NVIDIA Graphics Driver, NVIDIA PhysX System Software, AMD Software, Thunderbolt Software, Dolby Audio X2`;

const tools = `7-Zip, Notepad++, PuTTY, WinSCP, Git, TortoiseGit, Everything, Greenshot, ShareX, Paint.NET, IrfanView, Python 3.12.10,
  Node.js, Java 8 Update 461, Eclipse Temurin JDK 21, Sysinternals Suite, CrowdStrike Windows Sensor, Zscaler, FortiClient VPN,
  OpenVPN, GlobalProtect, Citrix Workspace, VMware Tools, Snagit 2025, Camtasia, SAP GUI for Windows, Lansweeper Agent`;

const pythonParts = [
  "Core Interpreter",
  "Development Libraries",
  "Documentation",
  "Executables",
  "pip Bootstrap",
  "Standard Library",
].flatMap((part) => ["3.11.9", "3.12.10", "3.13.7"].map((version) => `Python ${version} ${part} (64-bit)`));

const windowsParts = ["Language Pack - English", "Language Pack - German", "Updater"];

export const WINDOWS_PROGRAMS: readonly Product[] = unlike([
  ...both,
  ...products("Microsoft Corporation", [...runtimes, ...dotnet, ...office].join(",")),
  ...products("Microsoft Corporation", kits),
  ...products("Various", drivers),
  ...products("Various", tools),
  ...products("Python Software Foundation", pythonParts.join(",")),
  ...windowsParts.flatMap((part) => both.map((of) => ({ ...of, name: `${of.name} ${part}` }))),
]);
