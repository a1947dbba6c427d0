#!/usr/bin/env bash
# Makes the two images that the container tests start, under the names that a registry would give them, on a machine
# that reaches Debian's packages but no registry. Needs root, mmdebstrap and a Docker engine. About a minute.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
nats_server=${1:?usage: build.sh <a nats-server binary, 2.11 or newer>}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

image() { # name, packages, what runs
  mmdebstrap --quiet --variant=minbase --include="$2" trixie "$work/root.tar"
  docker import --change "$3" "$work/root.tar" "$1-base" >/dev/null
  rm "$work/root.tar"
}

image muster-test-postgres "postgresql-17,gosu" 'ENV PATH=/usr/lib/postgresql/17/bin:/usr/sbin:/usr/bin:/sbin:/bin'
mkdir "$work/postgres" && cp postgres-entrypoint.sh "$work/postgres/"
cat >"$work/postgres/Dockerfile" <<'DOCKERFILE'
FROM muster-test-postgres-base
COPY postgres-entrypoint.sh /entrypoint.sh
# The number that the registry's image gives to postgres, and charts/muster-backing runs it by.
RUN chmod 755 /entrypoint.sh && usermod --uid 999 postgres && groupmod --gid 999 postgres && chown -R postgres:postgres /var/lib/postgresql
EXPOSE 5432
ENTRYPOINT ["/entrypoint.sh"]
CMD ["postgres"]
DOCKERFILE
docker build -q -t postgres:17 "$work/postgres"

mkdir "$work/nats" && cp "$nats_server" "$work/nats/nats-server"
cat >"$work/nats/Dockerfile" <<'DOCKERFILE'
FROM muster-test-postgres-base
COPY nats-server /usr/bin/nats-server
EXPOSE 4222
ENTRYPOINT ["/usr/bin/nats-server"]
DOCKERFILE
docker build -q -t nats:2 "$work/nats"
