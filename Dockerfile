# The studio in a container, or JupyterLab with the course: docs/how-to/docker.md. All it needs at run time is inside.
#
#   docker build -t showtell .                        docker build -t showtell-lab --target lab .

FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY src src
RUN python -m venv /opt/showtell \
    && /opt/showtell/bin/pip install --no-cache-dir --no-compile --disable-pip-version-check ".[video]"

FROM build AS build-lab
RUN /opt/showtell/bin/pip install --no-cache-dir --no-compile --disable-pip-version-check ".[course,video]"

FROM python:3.11-slim AS base
# Any user may be given to `docker run --user`, so that pictures in a mounted folder belong to whom they should.
RUN useradd --create-home --uid 1000 showtell \
    && mkdir /things \
    && chown showtell /things \
    && chmod 1777 /home/showtell /things
ENV HOME=/home/showtell PATH=/opt/showtell/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /home/showtell
USER 1000
EXPOSE 8000
# Whoever has no token gets an answer too, "forbidden": then the server is well.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8000, timeout=4); c.request('GET', '/'); c.getresponse()"]

FROM base AS lab
COPY --from=build-lab /opt/showtell /opt/showtell
RUN showtell notebooks /home/showtell/course
CMD ["jupyter", "lab", "--no-browser", "--ip=0.0.0.0", "--port=8000", "--ServerApp.port_retries=0", "--notebook-dir=/home/showtell"]

FROM base AS studio
COPY --from=build /opt/showtell /opt/showtell
VOLUME /things
CMD ["showtell", "studio", "/things", "--in-container", "--no-browser", "--port", "8000"]
