# scanners/detect/password.c
s/ || check_placeholder(s))$/)/
