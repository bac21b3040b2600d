# scanners/detect/ssn.c
s/area == 0 || area == 666 || area >= 900 || number(d + 3, 2) == 0 ||/area > 999 ||/
