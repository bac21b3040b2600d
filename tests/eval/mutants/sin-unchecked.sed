# scanners/detect/sin.c
s/ || !luhn_ok(d, 9)//
