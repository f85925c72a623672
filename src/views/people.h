/* People as other files of the floors above need them. */
#ifndef GUIJU_VIEWS_PEOPLE_H
#define GUIJU_VIEWS_PEOPLE_H

#include "views/view.h"

/* Presence: the word of the log (在线) and the one of the API (online). NULL: not one. */
const char *people_presence_en(struct str zh);
const char *people_presence_zh(struct str en);
/* A page's home for this actor: "/desk", "/floor", "/m". */
const char *people_home(const struct lang_program *program, const struct actor *actor);

#endif
