# One image for the API and the workers: `up` (default, both), `serve`, `work`.
# The base needs Python >= 3.12 and SQLite >= 3.42; Debian trixie has both.
ARG BASE=python:3.13-slim-trixie

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /opt/venv
COPY requirements.lock /tmp/requirements.lock
RUN /opt/venv/bin/pip install --no-deps --require-hashes --requirement /tmp/requirements.lock
COPY app /opt/provenance/app
COPY workers /opt/provenance/workers
COPY migrations /opt/provenance/migrations
COPY LICENSE /opt/provenance/LICENSE
RUN /opt/venv/bin/python -m compileall -q /opt/provenance

FROM ${BASE}
# A numeric id, so that orchestrators can see that it is not root.
RUN mkdir /data && chown 10001:10001 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/provenance /opt/provenance
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/opt/provenance \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PROVENANCE_DATA_DIR=/data \
    PROVENANCE_HOST=0.0.0.0 \
    PROVENANCE_PORT=8000
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["python3", "-P", "-c", \
    "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open(f\"http://127.0.0.1:{os.environ['PROVENANCE_PORT']}/healthz\", timeout=4)"]
# The command runs as process 1 and reaps its own children; where decoders are killed with their
# worker, `docker run --init` (set in docker-compose.yml) reaps what they leave.
ENTRYPOINT ["python3", "-P", "-m", "app"]
CMD ["up"]
