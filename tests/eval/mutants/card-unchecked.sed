# scanners/detect/card.c
s/luhn = luhn_ok(d, n);/luhn = n > 0;/
