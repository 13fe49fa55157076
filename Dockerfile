# The whole app in one image; which functions a container runs is a setting (deploy/services.py).
# Releases pass the base with its digest: --build-arg BASE=mcr.microsoft.com/…@sha256:…
ARG BASE=mcr.microsoft.com/azure-functions/python:4-python3.13

# hadolint ignore=DL3006
FROM ${BASE} AS build
WORKDIR /build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
COPY requirements.txt constraints.txt ./
RUN python -m pip install --no-cache-dir --no-compile --only-binary=:all: \
        --target packages -r requirements.txt
COPY blueprints blueprints
COPY shared shared
# The planning kernel becomes native code where its recipe is there; the plain Python does the same work, slower.
# The last letter in brackets lets COPY pass over a file that is missing; host.json is always there.
COPY host.json requirements-native.tx[t] devstack/compiler.p[y] recipe/
# hadolint ignore=DL3008
RUN if [ -f recipe/compiler.py ]; then \
        apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev \
        && python -m pip install --no-cache-dir -r recipe/requirements-native.txt \
        && mkdir -p devstack && mv recipe/compiler.py devstack/compiler.py \
        && python -I devstack/compiler.py --require; \
    fi \
    && rm -rf /var/lib/apt/lists/*

# hadolint ignore=DL3006
FROM ${BASE} AS app
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="tripgen" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV AzureWebJobsScriptRoot=/home/site/wwwroot \
    AzureFunctionsJobHost__Logging__Console__IsEnabled=true \
    ASPNETCORE_URLS=http://+:8080 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp
WORKDIR /home/site/wwwroot
COPY --from=build /build/packages .python_packages/lib/site-packages
COPY --from=build /build/blueprints blueprints
COPY --from=build /build/shared shared
COPY function_app.py host.json ./
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/runtime/health/live', timeout=2)"]
