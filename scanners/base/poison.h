/* poison: functions that have no safe use here. Include it last, in every .c file. */
#ifndef BASE_POISON_H
#define BASE_POISON_H

/* With _FORTIFY_SOURCE they are macros for clang. */
#undef strcpy
#undef strcat
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok atoi atol atof

#endif
