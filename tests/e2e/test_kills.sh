#!/bin/bash
# The short form of the soak: eight kills of the daemon at any moment.
LEAKAUDIT_SOAK=0 LEAKAUDIT_KILLS=8 exec bash "$(dirname "$0")/soak.sh"
