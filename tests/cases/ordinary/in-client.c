struct login { char *user, *password; };
#define ERR_PASSWORD 0x0020
enum { LOGIN_BAD_USER = 1, LOGIN_BAD_PASSWORD = 0x80000059 };
static const char *password = NULL; /* user's */
if (strcmp(user->password, password) == 0) password = strdup(user->password);
