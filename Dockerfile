# FacePass in one image, for web, workers and migration. Data live in the volume /data; with DATABASE_URL, REDIS_URL and
# S3 it keeps nothing there but its own copies of models.
#   docker build -t facepass .
#   docker run --init --stop-timeout 60 -p 8000:8000 -v facepass:/data facepass
# Other packs of models: --build-arg FACE_PACKS="opencv_zoo buffalo_l" --build-arg ACCEPT_LICENSE=--accept-license, which
# accepts their licences in the name of whoever builds. deploy/check/replay_dockerfile.py runs these steps without Docker.
ARG PYTHON_IMAGE=python:3.12.11-slim-bookworm

# --- the packages: wheels only, so that no compiler is needed
FROM ${PYTHON_IMAGE} AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.txt ./
COPY deploy/opencv-python deploy/opencv-python
RUN python -m venv /opt/facepass && /opt/facepass/bin/pip install -r requirements.txt

# --- the models, in a layer of their own; what the command makes in its home, such as secrets, stays out of the image
FROM packages AS models
ARG FACE_PACKS="opencv_zoo"
ARG ACCEPT_LICENSE=""
ENV FACEPASS_HOME=/tmp/facepass PATH=/opt/facepass/bin:$PATH
COPY . .
# hadolint ignore=SC2086
RUN for pack in $FACE_PACKS; do python manage.py install_models $pack --update $ACCEPT_LICENSE || exit 1; done \
    && own=/tmp/facepass/models/insightface/models && if [ -d $own ]; then cp -R -n $own/. models/; fi

# --- what runs
FROM ${PYTHON_IMAGE}
ARG VERSION=0.2.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="FacePass" \
      org.opencontainers.image.description="Finds people in event photos by their face" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin facepass \
    && install -d -o facepass -g facepass /data
COPY --from=packages /opt/facepass /opt/facepass
WORKDIR /app
# No collectstatic: the web process builds its static files, and WhiteNoise serves those of libraries from where they are.
COPY . .
COPY --from=models /app/models models
# By number, so that Kubernetes knows that it is not root.
USER 10001
ENV PATH=/opt/facepass/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
ENV FACEPASS_HOME=/data HOST=0.0.0.0 PORT=8000
VOLUME /data
EXPOSE 8000
# /health answers whatever the Host header says, so ALLOWED_HOSTS need not know of it.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/health\", timeout=4)"]
CMD ["python", "manage.py", "up"]
