const words = (text: string): string[] => text.trim().split(/\s+/);

const base = words(`
  bash coreutils curl wget openssl openssh-server openssh-client sudo systemd grep sed gawk tar gzip bzip2 xz-utils zstd
  git vim nano less rsync screen tmux htop iotop strace lsof tcpdump nmap socat jq tree unzip zip cron logrotate rsyslog
  chrony dbus udev kmod procps psmisc iproute2 iptables nftables ethtool bridge-utils dnsmasq-base network-manager ufw
  apparmor auditd fail2ban cryptsetup lvm2 mdadm parted gdisk e2fsprogs xfsprogs dosfstools smartmontools nvme-cli hdparm
  python3 perl ruby nodejs gcc g++ make cmake gdb binutils patch diffutils file findutils man-db locales tzdata passwd
  ca-certificates gnupg apt-transport-https software-properties-common snapd flatpak docker-ce docker-ce-cli containerd.io
  kubectl helm terraform ansible postgresql-client mysql-client redis-tools sqlite3 nginx haproxy prometheus-node-exporter
  firefox thunderbird libreoffice-core gimp inkscape vlc code slack-desktop zoom google-chrome-stable teams keepassxc
  bluez cups avahi-daemon pulseaudio pipewire wireplumber gnome-shell gdm3 mutter nautilus evince eog gedit
`);

const libraries = words(`
  acl1 archive13 attr1 audit1 blkid1 bz2-1.0 c6 cap2 cairo2 com-err2 crypt1 cryptsetup12 curl4 db5.3 dbus-1-3 devmapper1.02.1
  drm2 edit2 elf1 event-2.1-7 expat1 ext2fs2 ffi8 fido2-1 fontconfig1 freetype6 fribidi0 gcc-s1 gcrypt20 gdbm6 glib2.0-0 gmp10
  gnutls30 gpg-error0 gssapi-krb5-2 gstreamer1.0-0 gtk-3-0 harfbuzz0b hogweed6 icu74 idn2-0 jpeg8 json-c5 k5crypto3 keyutils1
  kmod2 krb5-3 ldap2 lua5.4-0 lz4-1 lzma5 magic1 mnl0 mount1 mpfr6 ncurses6 ncursesw6 netfilter-conntrack3 nettle8 nghttp2-14
  nl-3-200 nspr4 nss3 numa1 p11-kit0 pam-modules pam0g pango-1.0-0 pcap0.8 pci3 pcre2-8-0 pipeline1 pixman-1-0 png16-16 polkit-gobject-1-0
  pq5 proc2-0 psl5 python3.12-stdlib readline8 rtmp1 sasl2-2 seccomp2 selinux1 semanage2 sepol2 slang2 smartcols1 sodium23 sqlite3-0
  ss2 ssh-4 ssl3 stdc++6 systemd0 tasn1-6 tiff6 tinfo6 tirpc3 udev1 unistring5 usb-1.0-0 uuid1 uv1 vulkan1 wayland-client0 webp7
  wrap0 x11-6 xau6 xcb1 xext6 xml2 xrender1 xslt1.1 xtables12 xxhash0 yaml-0-2 zstd1 zip4
`);

const python = words(`
  apt attr bcrypt blinker certifi cffi chardet click cryptography dateutil dbus debian distro docutils gi httplib2 idna
  jinja2 json-pointer jsonpatch jsonschema jwt keyring launchpadlib lxml magic markdown markupsafe minimal msgpack netaddr
  numpy oauthlib openssl packaging paramiko pexpect pip pkg-resources psutil psycopg2 ptyprocess pyasn1 pycparser pycurl
  pygments pyparsing requests rich ruamel.yaml secretstorage serial setuptools simplejson six software-properties systemd
  tz urllib3 wadllib wheel yaml zipp
`);

const perl = words(`
  algorithm-diff archive-zip clone dbi digest-hmac encode-locale error file-slurp html-parser html-tagset http-date
  http-message io-socket-ssl json json-xs locale-gettext lwp-protocol-https mailtools module-runtime net-http net-ssleay
  path-tiny text-charwidth text-iconv timedate try-tiny uri www-robotrules xml-parser xml-twig yaml
`);

const fonts = words(
  "dejavu-core droid-fallback liberation noto-cjk noto-color-emoji noto-core noto-mono opensymbol ubuntu urw-base35",
);

/** About 400 package names as Debian spells them. */
export const DEB_NAMES: readonly string[] = [
  ...new Set([
    ...base,
    ...libraries.map((name) => `lib${name}`),
    ...python.map((name) => `python3-${name}`),
    ...perl.map((name) => `lib${name}-perl`),
    ...fonts.map((name) => `fonts-${name}`),
    ...libraries.map((name) => `lib${name.replace(/[-.]?\d[\d.-]*$/, "")}-dev`),
  ]),
];

/** The same kind of list as Red Hat spells them: libraries without their soname, `-libs` and `perl-` names. */
export const RPM_NAMES: readonly string[] = [
  ...new Set([
    ...base.filter((name) => !/^apt|snapd|software-properties|apparmor|ufw/.test(name)),
    ...libraries.map((name) => `${name.replace(/[-.]?\d[\d.-]*$/, "")}-libs`),
    ...libraries.map((name) => `lib${name.replace(/[-.]?\d[\d.-]*$/, "")}`),
    ...python.map((name) => `python3-${name}`),
    ...perl.map((name) => `perl-${name}`),
    ...fonts.map((name) => `google-${name}-fonts`),
    ...libraries.map((name) => `lib${name.replace(/[-.]?\d[\d.-]*$/, "")}-devel`),
  ]),
];
