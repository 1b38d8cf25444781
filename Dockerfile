# Two images: `services` is the product, `demo` the partners that it is tried with. `postgres` adds a folder alone.
ARG PYTHON_IMAGE=python:3.13-slim
ARG POSTGRES_IMAGE=postgres:18

FROM ${PYTHON_IMAGE} AS python
ENV PYTHONUNBUFFERED=1 PATH=/opt/python/bin:$PATH PIP_CACHE_DIR=/var/cache/pip PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /opt/boligflyt
RUN useradd --system --uid 10001 --no-create-home boligflyt

# Every package by the hash in the lock file.
FROM python AS packages
COPY requirements.txt .
RUN --mount=type=cache,target=/var/cache/pip \
    python3 -m venv /opt/python && pip install --quiet --require-hashes -r requirements.txt

# What the partners need besides.
FROM packages AS demo-packages
COPY requirements-demo.txt .
RUN --mount=type=cache,target=/var/cache/pip pip install --quiet --require-hashes -r requirements-demo.txt

# Style sheets and script of the pages by npm, the issuer's jars by Maven coordinates.
FROM demo-packages AS fetched
COPY package.json package-lock.json .npmrc ./
COPY chassis/src chassis/src
COPY demo demo
# Node and requests bring authorities of their own: here they trust what the base image does, a proxy's included.
ENV PYTHONPATH=/opt/boligflyt/chassis/src npm_config_cache=/var/cache/npm \
    NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt
RUN --mount=type=cache,target=/var/cache/npm python -m demo.local.assets
RUN python -m demo.local.jars /opt/issuer

# One image for all four services; the command says which. It holds nothing of the demo.
FROM python AS services
COPY --from=packages /opt/python /opt/python
COPY --from=fetched /opt/boligflyt/.cache/assets assets
COPY chassis/src chassis/src
COPY services services
COPY schemas schemas
# Freed memory goes back to the system at once: else the C library keeps ever more of it for the next large batch.
ENV MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
ENV PYTHONPATH=/opt/boligflyt/chassis/src:/opt/boligflyt/services/intake/src:/opt/boligflyt/services/eligibility/src:/opt/boligflyt/services/nav-bridge/src:/opt/boligflyt/services/notifications/src \
    ASSETS_DIR=/opt/boligflyt/assets
RUN python -m compileall -q chassis services
USER 10001

# Issuer, NAV simulator, mail catcher, and who plays the scenario.
FROM services AS demo
USER root
COPY --from=demo-packages /opt/python /opt/python
COPY --from=fetched /opt/issuer /opt/issuer
COPY demo demo
ENV PYTHONPATH=$PYTHONPATH:/opt/boligflyt
# A new volume takes its owner from the folder that it covers.
RUN python -m compileall -q demo && install -d -o boligflyt -m 0755 /var/lib/demo
USER 10001

# A folder for the write-ahead log; and a file system in memory takes its mode from the folder that it covers.
FROM ${POSTGRES_IMAGE} AS postgres
USER root
RUN install -d -o postgres -g postgres -m 0700 /var/lib/postgresql-wal && chmod 1777 /var/run/postgresql
USER postgres
