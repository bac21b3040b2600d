#!/bin/sh
# One case: tests/cases/NAME/{in*,expected}. Prints the difference. usage: run.sh BUILD NAME-FOLDER
# `expected` holds what scan-case says of the inputs: findings and gaps, one a line, sorted.
b=$1 d=$2
"$b/tests/tools/scan-case" config/rules "$d"/in* | LC_ALL=C sort | diff -u "$d/expected" -
