/* Reads over a text that is not published: checked, laid out, shown, compared with the newest version (制度). */
#ifndef GUIJU_VIEWS_RULEBOOK_H
#define GUIJU_VIEWS_RULEBOOK_H

#include "views/view.h"

enum status rulebook_read_check(struct read_ctx *r, json_t *query, json_t **result);
enum status rulebook_read_words(struct read_ctx *r, json_t *query, json_t **result);
enum status rulebook_read_format(struct read_ctx *r, json_t *query, json_t **result);
enum status rulebook_read_handbook(struct read_ctx *r, json_t *query, json_t **result);
enum status rulebook_read_preview(struct read_ctx *r, json_t *query, json_t **result);

#endif
