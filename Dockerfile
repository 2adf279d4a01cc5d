# One image for the API, the worker, the scheduler and all commands.
#
# Images are pinned by version. Pin their digests too, for your registry.

FROM python:3.11.14-slim-bookworm AS packages
COPY requirements.server.lock /
# Wheels only: nothing is compiled here, so no compiler is needed. The environment has no pip of its own.
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --no-cache-dir --disable-pip-version-check --no-input \
        --only-binary :all: --require-hashes --requirement /requirements.server.lock

# The build of the pages is the same on every machine.
FROM node:24.11.1-bookworm-slim AS front-end
COPY web /kist/web
COPY schema.graphql /kist/
COPY docs /kist/docs
WORKDIR /kist/web
# No package needs an install script.
RUN npm ci --include=dev --ignore-scripts && npm run build

# Debian's PgBouncer, for compose.yaml's profile `pooled`.
FROM debian:bookworm-20251117-slim AS pgbouncer
RUN apt-get update \
    && apt-get install --yes --no-install-recommends pgbouncer=1.18.* \
    && rm -rf /var/lib/apt/lists/*
# A user without any rights: PgBouncer writes nothing. Its file of users must be readable for this uid.
USER 65534:65534
EXPOSE 6432
STOPSIGNAL SIGINT
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/6432"]
ENTRYPOINT ["pgbouncer", "/etc/pgbouncer/pgbouncer.ini"]

# The key of PostgreSQL's own packages for Debian, as Debian signs it.
FROM debian:bookworm-20251117-slim AS postgresql-key
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-common=248* \
    && rm -rf /var/lib/apt/lists/*

FROM python:3.11.14-slim-bookworm AS kist
LABEL org.opencontainers.image.title="kist" \
    org.opencontainers.image.description="Loan servicing over GraphQL" \
    org.opencontainers.image.version="0.1.0"
# pg_dump, pg_restore and psql for backups, of the server's major version; Debian's own are older.
COPY --from=postgresql-key /usr/share/postgresql-common/pgdg/apt.postgresql.org.asc /etc/apt/keyrings/postgresql.asc
RUN echo "deb [signed-by=/etc/apt/keyrings/postgresql.asc] https://apt.postgresql.org/pub/repos/apt bookworm-pgdg main" \
        > /etc/apt/sources.list.d/postgresql.list \
    && apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-18=18.* \
    && rm -rf /var/lib/apt/lists/*
# The uid is fixed, so that volumes can belong to it.
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin kist
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
COPY --from=front-end /kist/web/dist /app/web/dist
# The file system may be read-only, so Python's bytecode is compiled now.
RUN ["/venv/bin/python", "-m", "compileall", "-q", "."]
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    KIST_HOME=/tmp/kist \
    KIST_HOST=0.0.0.0
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
ENTRYPOINT ["python", "/app/cli.py"]
CMD ["api"]
