# One image for migrate, web, worker and scheduler.
FROM node:24-slim AS browser
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund

FROM python:3.13-slim-bookworm AS libraries
WORKDIR /build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 UV_NO_CACHE=1
COPY requirements.txt requirements-uv.txt ./
RUN python -m venv /opt/venv \
    && pip install --require-hashes --target /opt/installer -r requirements-uv.txt \
    && /opt/installer/bin/uv pip sync --python /opt/venv/bin/python --require-hashes --compile-bytecode requirements.txt \
    && /opt/installer/bin/uv pip uninstall --python /opt/venv/bin/python fakeredis

FROM python:3.13-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=kcrm.settings.production \
    KCRM_STATIC_DIR=/srv/static \
    KCRM_DATA_DIR=/data
RUN groupadd --gid 10001 kcrm \
    && useradd --uid 10001 --gid kcrm --home-dir /data --no-create-home --shell /usr/sbin/nologin kcrm \
    && install -d -o kcrm -g kcrm -m 0750 /data /backups
WORKDIR /srv/kcrm
COPY --from=libraries /opt/venv /opt/venv
COPY --from=browser /build/node_modules ./node_modules
COPY . .
# No secret goes into the image: what these two commands are given is used for nothing else.
RUN export KCRM_SECRET_KEY=build KCRM_ALLOWED_HOSTS=build KCRM_BASE_URL=https://build \
        DATABASE_URL=postgresql:///build REDIS_URL=redis://build KCRM_DATA_DIR=/tmp/build \
    && python manage.py compile_catalogues \
    && python manage.py collectstatic --noinput \
    && rm -rf node_modules /tmp/build
USER kcrm
VOLUME ["/data", "/backups"]
EXPOSE 8000
STOPSIGNAL SIGTERM
CMD ["gunicorn", "kcrm.wsgi:application"]
