# scanners/detect/token_sum.c
s/if (!ret_v->strong && s->published)/if (!ret_v->strong \&\& value.n == 0)/
