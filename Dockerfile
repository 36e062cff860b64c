# SPDX-License-Identifier: Apache-2.0
# Two stages: one builds, the other holds the program, its libraries and nothing to build with.
FROM debian:trixie-slim AS build
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    gcc libc6-dev make pkg-config libcurl4-openssl-dev libcjson-dev libhiredis-dev libmicrohttpd-dev \
    libuv1-dev libssl-dev libjq-dev libgumbo-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make -j"$(nproc)" WERROR=1 && make install PREFIX=/usr DESTDIR=/out && strip /out/usr/bin/hookline

FROM debian:trixie-slim
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    ca-certificates libcurl4t64 libcjson1 libhiredis1.1.0 libmicrohttpd12t64 libuv1t64 libssl3t64 libjq1 libgumbo3 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin hookline
COPY --from=build /out/usr /usr
USER hookline
WORKDIR /etc/hookline
ENV HOOKLINE_CONFIG=/etc/hookline/hookline.json
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/hookline"]
CMD ["--help"]
