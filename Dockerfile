# FacePass in one container. Data live in the volume /data; with DATABASE_URL, REDIS_URL and S3 it keeps nothing there.
#   docker build -t facepass . && docker run --init --stop-timeout 60 -p 8000:8000 -v facepass:/data facepass
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin facepass \
    && install -d -o facepass -g facepass /data
WORKDIR /app

COPY requirements.txt ./
COPY deploy/opencv-python deploy/opencv-python
RUN pip install -r requirements.txt

# No collectstatic: WhiteNoise serves static files from where they are.
COPY . .
# The face models, in the image's own layer unless the checkout has them already. What the command makes in its home,
# such as secrets, stays out of the image.
RUN FACEPASS_HOME=/tmp/facepass python manage.py install_models opencv_zoo --update && rm -rf /tmp/facepass

USER facepass
ENV FACEPASS_HOME=/data HOST=0.0.0.0 PORT=8000
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://localhost:{os.environ['PORT']}/health\", timeout=4)"]
CMD ["python", "manage.py", "up"]
