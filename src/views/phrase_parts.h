/* What the two halves of the view of phrases share: phrase.c lists, phrase_review.c looks back on a week. */
#ifndef GUIJU_VIEWS_PHRASE_PARTS_H
#define GUIJU_VIEWS_PHRASE_PARTS_H

#include "views/phrase.h"

struct phrase_line {
  struct str id, scope, holder, group, keys, text, files, pinyin; /* scope "rulebook", "personal", "team", "desk"; files: JSON list */
  struct str clause;              /* of the rulebook's */
  i64 used, last_ms;              /* by all */
  i64 mine, mine_ms;              /* by the asker */
  i64 created_ms;                 /* 0: of the rulebook */
};
typedef void (*phrase_sink)(void *ctx, const struct phrase_line *line);
/* Every phrase the asker may see: the rulebook's, the own, the team's, the shop's; each group together. */
MUST_CHECK enum status phrase_each(struct read_ctx *r, phrase_sink sink, void *ctx);
json_t *phrase_json(const struct phrase_line *l); /* new reference */
enum status phrase_read_review(struct read_ctx *r, json_t *query, json_t **result);
enum status phrase_read_uses(struct read_ctx *r, json_t *query, json_t **result);

#endif
