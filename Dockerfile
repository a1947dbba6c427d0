# One image for each service: docker build --build-arg SERVICE=enrollment --tag registry.example.com/muster/enrollment .
# Without a registry for the base image: deploy/toolchain/test-images/node.sh makes one.
ARG NODE_IMAGE=node:24-bookworm-slim
# BuildKit knows it; an engine without BuildKit has to be told.
ARG BUILDPLATFORM
ARG SERVICE

# What is the same for every architecture is made on the builder's own: only "runtime" and the last stage run programs of the image's.
FROM --platform=${BUILDPLATFORM} ${NODE_IMAGE} AS sources
WORKDIR /muster
COPY package.json package-lock.json tsconfig.json ./
COPY libs libs
COPY services services
COPY deploy/package.json deploy/package.json
COPY e2e/package.json e2e/package.json
ENV npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false

# The console, which the gateway serves.
FROM sources AS console
RUN npm install --no-save --ignore-scripts --workspace services/console --include-workspace-root=false \
  && node services/console/build.ts

# What says which packages there are: while that stays, changed sources install nothing anew.
FROM sources AS manifests
RUN find . -type f ! -name package.json ! -name package-lock.json -delete

# What the service runs on. npm would install what the tests of a workspace need too, where another workspace needs it to run.
FROM --platform=${BUILDPLATFORM} ${NODE_IMAGE} AS packages
WORKDIR /muster
ENV npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
COPY --from=manifests /muster ./
ARG SERVICE
# A package or two brings a compiled part for each architecture. Unsaid, it is the builder's own.
ARG TARGETARCH
RUN test -f "services/$SERVICE/package.json" || { echo "SERVICE is '$SERVICE': build with --build-arg SERVICE=<a folder of services>"; exit 1; } \
  && npm pkg delete devDependencies --workspaces \
  && npm install --no-save --ignore-scripts --omit=dev --workspace "services/$SERVICE" --include-workspace-root=false \
    ${TARGETARCH:+--os=linux --libc=glibc "--cpu=$(echo "$TARGETARCH" | sed 's/amd64/x64/')"}

# Node and the libraries it needs, one layer that the images of all services share. Of what Debian packages they are is written
# where scanners look for it (one file a package, as in images without a package manager), beside the packages' licenses.
FROM ${NODE_IMAGE} AS runtime
RUN take() { \
    mkdir -p "$1$(dirname "$2")" && cp -L "$2" "$1$2" || return 1; \
    real="$(realpath "$2")"; \
    # Debian's list has /lib where /lib is a link to /usr/lib.
    package="$(dpkg-query --search "$real" 2>/dev/null || dpkg-query --search "${real#/usr}" 2>/dev/null)" || return 0; \
    package="${package%%:*}"; \
    mkdir -p "$1/var/lib/dpkg/status.d" "$1/usr/share/doc/$package" \
      && dpkg-query --status "$package" >"$1/var/lib/dpkg/status.d/$package" \
      && cp -L "/usr/share/doc/$package/copyright" "$1/usr/share/doc/$package/"; \
  }; \
  set -e; \
  node="$(command -v node)"; \
  for file in "$node" $(ldd "$node" | grep -o '/[^ ]*'); do take /runtime "$file"; done; \
  mkdir -p /runtime/etc && cp -L /etc/os-release /runtime/etc/ && cp /usr/local/LICENSE /runtime/usr/local/; \
  take /shell /bin/sh

# The tree as it stands in the image: this service, its libraries and their packages.
FROM packages AS tree
ARG SERVICE
COPY libs libs
COPY services services
RUN mkdir -p /tree/muster/services /tree/muster/libs /tree/etc /tree/tmp \
  && cp -r package.json node_modules /tree/muster/ \
  && cp -r "services/$SERVICE" /tree/muster/services/ \
  && ln -s "services/$SERVICE/src/main.ts" /tree/muster/main.ts \
  && for link in node_modules/@muster/*; do \
       case "$(readlink -f "$link")" in */libs/*) cp -r "$(readlink -f "$link")" /tree/muster/libs/ ;; esac; \
     done \
  && find /tree/muster/libs /tree/muster/services -name '*.test.ts' -delete \
  && find /tree/muster/libs /tree/muster/services -type d -name testing -prune -exec rm -r {} + \
  # What compilers, debuggers and people read of the packages; their licenses stay.
  && find /tree/muster/node_modules -type f '(' -name '*.map' -o -name '*.d.[cm]ts' -o -name '*.d.ts' -o -iname '*.md' ')' ! -iname 'licen[cs]e*' -delete \
  # The packages' own tests, which some publish too.
  && find /tree/muster/node_modules -regextype posix-extended -type d \
    -regex '.*/node_modules/(@[^/]+/[^/]+|[^@/][^/]*)/(tests?|bench|benchmarks?|examples?)' -prune -exec rm -r {} + \
  # Links of workspaces that are not in this image.
  && find -L /tree/muster/node_modules -maxdepth 2 -type l -delete \
  && echo 'muster:x:65532:65532::/muster:/nonexistent' >/tree/etc/passwd \
  && chmod 1777 /tree/tmp \
  && mkdir /tree/muster/.compiled && chown 65532:65532 /tree/muster/.compiled
RUN mkdir -p /tree/muster/services/console
COPY --from=console /muster/services/console/dist /console
RUN if [ "$SERVICE" = gateway ]; then mv /console /tree/muster/services/console/dist; else rmdir /tree/muster/services/console; fi
# The agent's scripts begin in a shell.
COPY --from=runtime /shell /shell
RUN if [ "$SERVICE" = agent ]; then cp -r /shell/. /tree/; fi

# No package manager and, but for the agent, no shell: nothing but the service.
FROM scratch
COPY --from=runtime /runtime /
COPY --from=tree /tree /
WORKDIR /muster
# glibc would give each thread memory of its own, which is never given back; the threads here share little work.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 PATH=/usr/local/bin NODE_COMPILE_CACHE=/muster/.compiled
USER 65532:65532
# Loads everything once and ends, for want of a configuration: types are stripped and code is compiled here and not at each start.
RUN ["node", "--eval", "require('node:child_process').spawnSync('node', ['main.ts'], { stdio: 'inherit' })"]
EXPOSE 8080 50051 9090
ENTRYPOINT ["node"]
CMD ["main.ts"]
# Last, as each revision has others: what did not change else is not made again.
ARG SERVICE
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="muster-${SERVICE}" \
  org.opencontainers.image.description="Muster's ${SERVICE}, the service or program of that name" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.licenses="Apache-2.0"
