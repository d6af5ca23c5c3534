#!/bin/sh
# The browser tests need Chromium: install Debian's where there is none and we may; otherwise those tests skip.
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium >/dev/null && exit 0
fi
echo "No chromium here, and it could not be installed: the browser tests will skip." >&2
