#!/usr/bin/env bash
# Makes the Dockerfile's base image, under the name that a registry would give it, on a machine that reaches npm's and
# Debian's packages but no registry of images: for the Docker engine, or with a registry's name for amd64 and arm64, pushed there
# with buildx. Needs root, mmdebstrap, and for the second qemu-user-static and arch-test. One minute, three for two.
set -euo pipefail
version=${1:?usage: node.sh <a version of Node, such as 24.21.0> [a bundle of certificates to trust] [a registry, such as localhost:5000]}
bundle=${2:-/etc/ssl/certs/ca-certificates.crt}
registry=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

platforms=amd64
[ -z "$registry" ] || platforms="amd64 arm64"
package() { # name with version, folder that it is unpacked to
  mkdir -p "$2" && (cd "$work" && tar -xzf "$(npm pack --silent "$1")" -C "$2" --strip-components=1)
}
mkdir "$work/image"
for platform in $platforms; do
  mmdebstrap --quiet --architectures="$platform" --variant=minbase --include=libstdc++6 bookworm "$work/image/root-$platform.tar"
  package "node-linux-${platform/amd64/x64}@$version" "$work/node"
  local=$work/image/node-$platform/usr/local
  mkdir -p "$local/bin" "$local/lib/node_modules" "$work/image/node-$platform/etc/ssl/certs"
  mv "$work/node/bin/node" "$local/bin/" && chmod 755 "$local/bin/node"
  mv "$work/node/LICENSE" "$local/"
  package npm@11.19.1 "$local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$local/bin/npm"
  cp "$bundle" "$work/image/node-$platform/etc/ssl/certs/ca-certificates.crt"
  rm -r "$work/node"
done
# No RUN: nothing here has to be emulated.
cat >"$work/image/Dockerfile" <<'DOCKERFILE'
FROM scratch
ARG TARGETARCH
ADD root-$TARGETARCH.tar /
COPY node-$TARGETARCH /
ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
CMD ["node"]
DOCKERFILE
if [ -z "$registry" ]; then
  docker build -q --build-arg TARGETARCH=amd64 -t node:24-bookworm-slim "$work/image"
else
  docker buildx build --quiet --platform "linux/amd64,linux/arm64" --provenance=false --push --tag "$registry/node:24-bookworm-slim" "$work/image"
fi
