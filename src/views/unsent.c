/* What somebody has begun to write and not sent (草稿): one's own, on every device. */
#include "views/json.h"
#include "views/unsent.sql.h"
#include "views/view.h"

static enum status read_list(struct read_ctx *r, json_t *query, json_t **result) {
  struct unsent_all_row *rows;
  size_t count;
  (void)query;
  enum status status = unsent_all(r->store, r->arena, &(struct unsent_all_in){.person = r->actor.id, .most = LIST_MOST}, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *items = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(items, json_pack("{s:o,s:o,s:b,s:I,s:I}", "conversation", json_of(rows[i].conversation), "text", json_of(rows[i].text), "note", rows[i].note != 0, "revision",
                                           (json_int_t)rows[i].revision, "at", (json_int_t)rows[i].at_ms));
  *result = json_pack("{s:o}", "items", items);
  return OK;
}

static const char *const nouns[] = {NULL};
static const char *const tables[] = {NULL};
static const struct read_def reads[] = {
    {"unsent.list", "会话.查看", read_list, false, "", "What I have begun to write and not sent, by conversation", "我还没发出的话"},
    {NULL},
};
const struct view_def view_unsent = {.noun = "unsent", .version = 1, .nouns = nouns, .tables = tables, .reads = reads};
