#!/bin/sh
# Makes a cluster for POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB where there is none, then runs the server in the
# foreground. As root it gives way to the user postgres first.
set -eu
export PGDATA="${PGDATA:-/var/lib/postgresql/data}"
user=${POSTGRES_USER:-postgres}
mkdir -p "$PGDATA"
if [ "$(id -u)" = 0 ]; then
  chown postgres "$PGDATA"
  exec gosu postgres "$0" "$@"
fi
# Arguments alone are the server's.
case "${1:-}" in -*) set -- postgres "$@" ;; esac
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  echo "$POSTGRES_PASSWORD" >/tmp/password
  initdb --username="$user" --pwfile=/tmp/password --auth=scram-sha-256 >/dev/null
  rm /tmp/password
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
  pg_ctl -w -o "-c listen_addresses= -c unix_socket_directories=/tmp" start
  [ "${POSTGRES_DB:-$user}" = postgres ] || PGPASSWORD=$POSTGRES_PASSWORD psql -h /tmp -U "$user" -d postgres -qc "create database \"${POSTGRES_DB:-$user}\""
  pg_ctl -m fast -w stop
fi
exec "$@" -c listen_addresses='*' -c unix_socket_directories=/tmp
