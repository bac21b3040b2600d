# scanners/detect/mrz.c
s/z\.n == 3 \&\& z\.len == 30/z.n == 4 \&\& z.len == 30/
