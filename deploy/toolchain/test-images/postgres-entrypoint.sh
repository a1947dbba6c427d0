#!/bin/sh
# Makes a cluster for POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB, then runs the server in the foreground.
set -eu
export PGDATA=/var/lib/postgresql/data
user=${POSTGRES_USER:-postgres}
mkdir -p "$PGDATA" && chown postgres "$PGDATA"
echo "$POSTGRES_PASSWORD" >/tmp/password && chown postgres /tmp/password
gosu postgres initdb --username="$user" --pwfile=/tmp/password --auth=scram-sha-256 >/dev/null
rm /tmp/password
echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
gosu postgres pg_ctl -w -o "-c listen_addresses= -c unix_socket_directories=/tmp" start
[ "${POSTGRES_DB:-$user}" = postgres ] || PGPASSWORD=$POSTGRES_PASSWORD gosu postgres psql -h /tmp -U "$user" -d postgres -qc "create database \"${POSTGRES_DB:-$user}\""
gosu postgres pg_ctl -m fast -w stop
exec gosu postgres "$@" -c listen_addresses='*' -c unix_socket_directories=/tmp
