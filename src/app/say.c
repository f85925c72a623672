/* The terminal's language. Unset and "C" mean that nobody chose: Chinese first, as everywhere in this product. */
#include "app/say.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool say_english(void) {
  static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
  for (size_t i = 0; i < COUNT_OF(names); i++) {
    const char *value = getenv(names[i]);
    if (value == NULL || value[0] == '\0') continue;
    return strncmp(value, "zh", 2) != 0 && strncmp(value, "C", 1) != 0 && strncmp(value, "POSIX", 5) != 0;
  }
  return false;
}

void say_problem(const struct problem *p) {
  fprintf(stderr, "guiju: %s [%s]\n", say_english() ? p->en : p->zh, p->key[0] ? p->key : status_name(p->status));
}
