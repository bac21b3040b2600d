/* poison: functions that have no safe use here. Include it last, in every .c file. */
#ifndef BASE_POISON_H
#define BASE_POISON_H

#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok atoi atol atof

#endif
