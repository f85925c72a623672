/* Words to the person at the terminal, in the language of LANGUAGE, LC_ALL, LC_MESSAGES or LANG: Chinese unless these name another. */
#ifndef GUIJU_APP_SAY_H
#define GUIJU_APP_SAY_H

#include "base/status.h"

#include <stdbool.h>

bool say_english(void);
/* A problem on standard error, with its key. */
void say_problem(const struct problem *p);

#endif
