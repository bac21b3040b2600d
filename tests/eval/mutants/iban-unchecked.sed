# scanners/detect/iban.c
s/mod97(s, 4, mod97(s + 4, n - 4, 0)) != 1/mod97(s, 4, mod97(s + 4, n - 4, 0)) > 97/
