#!/bin/sh
# The browser tests need Chromium and Firefox: install Debian's where there are none and we may; otherwise those tests skip.
missing=
command -v chromium >/dev/null || missing=chromium
command -v firefox-esr >/dev/null || missing="$missing firefox-esr"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # shellcheck disable=SC2086  # several words
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y $missing >/dev/null && exit 0
fi
echo "Not here, and it could not be installed:$missing. Its browser tests will skip." >&2
