/* The floor: how things stand now, for whoever leads the shift. */
#ifndef GUIJU_VIEWS_FLOOR_H
#define GUIJU_VIEWS_FLOOR_H

#include "views/view.h"

enum status floor_read(struct read_ctx *r, json_t *query, json_t **result);

#endif
