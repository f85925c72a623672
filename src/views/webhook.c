/* Webhooks as their keepers see them: where events go, how that went, what waits. The secret is never shown again. */
#include "views/webhook.h"

#include "views/json.h"
#include "views/show.h"
#include "views/webhook.sql.h"

#include <string.h>

bool webhook_secret_clear(struct str secret) { return str_starts(secret, STR("whsec_")); }

bool webhook_tells(struct str kind) { return !str_is(kind, "conversation.whispered") && !str_is(kind, "phrase.own_changed"); }

bool webhook_wants(struct str kinds, struct str kind) {
  while (kinds.n) {
    struct str rest, one = str_cut(kinds, ' ', &rest);
    kinds = rest;
    if (str_is(one, "*") || str_eq(one, kind)) return true;
    if (one.n > 2 && str_ends(one, STR(".*")) && str_starts(kind, str_slice(one, 0, one.n - 1))) return true;
  }
  return false;
}

i64 webhook_wait_ms(i64 attempts) {
  static const i64 seconds[] = {10, 60, 300, 1800, 7200, 21600, 43200};
  size_t i = attempts < 1 ? 0 : (size_t)attempts - 1;
  return seconds[i < COUNT_OF(seconds) ? i : COUNT_OF(seconds) - 1] * MS_SECOND;
}

static json_t *words_json(struct str words) {
  json_t *list = json_array();
  while (words.n) {
    struct str rest, one = str_cut(words, ' ', &rest);
    words = rest;
    if (one.n) json_array_append_new(list, json_of(one));
  }
  return list;
}

static enum status read_list(struct read_ctx *r, json_t *query, json_t **result) {
  (void)query;
  struct webhook_all_row *rows;
  size_t count;
  enum status status = OK;
  json_t *items = json_array();
  struct show_people people;
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(webhook_all(r->store, r->arena, &(struct webhook_all_in){.most = WEBHOOKS_MOST}, &rows, &count, r->problem));
  for (size_t i = 0; i < count; i++) {
    struct webhook_delivery_counts_row *n;
    TRY(webhook_delivery_counts(r->store, r->arena, &(struct webhook_delivery_counts_in){.webhook = rows[i].id}, &n, r->problem));
    json_array_append_new(items, json_pack("{s:o,s:o,s:o,s:o,s:o,s:b,s:o,s:o,s:o,s:I,s:o,s:I,s:I}", "id", json_of(rows[i].id), "name", json_of(rows[i].name),
                                           "url", json_of(rows[i].url), "kinds", words_json(rows[i].kinds), "form", json_of(rows[i].form), "personal",
                                           (int)(rows[i].personal != 0), "state", json_of(rows[i].state), "reason", json_of(rows[i].reason), "by",
                                           json_of(show_name(&people, rows[i].person)), "created_ms", (json_int_t)rows[i].created_ms, "failing_ms",
                                           json_ms(rows[i].has_failing_ms, rows[i].failing_ms), "waiting", (json_int_t)n->waiting, "failed",
                                           (json_int_t)n->failed));
  }
  *result = json_pack("{s:O,s:n}", "items", items, "next");
done:
  json_decref(items);
  return status;
}

/* When no answer came (status 0) `answer` holds the words of the connection's failure. */
static json_t *delivery_json(const struct webhook_delivery_list_row *d) {
  const struct event_kind *kind = event_kind_find(d->kind);
  return json_pack("{s:I,s:o,s:o,s:o,s:I,s:I,s:o,s:I,s:I,s:o}", "seq", (json_int_t)d->seq, "kind", json_of(d->kind), "kind_zh", kind ? json_string(kind->zh) : json_null(), "state", json_of(d->state), "attempts",
                   (json_int_t)d->attempts, "tried_ms", (json_int_t)d->tried_ms, "next_ms", json_ms(str_is(d->state, "retry"), d->next_ms), "status",
                   (json_int_t)d->answered, "took_ms", (json_int_t)d->took_ms, "answer", json_of(d->answer));
}

static enum status read_deliveries(struct read_ctx *r, json_t *query, json_t **result) {
  struct webhook_delivery_list_row *rows;
  size_t count;
  struct str after = STR("");
  i64 ms = INT64_MAX, seq = INT64_MAX;
  if (json_arg_cursor(query, &ms, &after) && !str_to_i64(after, &seq)) ms = seq = INT64_MAX;
  struct webhook_delivery_list_in in = {
      .webhook = json_arg(query, "id"), .state = json_arg(query, "state"), .before_ms = ms, .before_seq = seq, .most = json_arg_limit(query)};
  enum status status = webhook_delivery_list(r->store, r->arena, &in, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *items = json_array();
  for (size_t i = 0; i < count; i++) json_array_append_new(items, delivery_json(&rows[i]));
  *result = json_pack("{s:o,s:o}", "items", items, "next",
                      count == (size_t)in.most ? json_cursor(r->arena, rows[count - 1].tried_ms, arena_printf(r->arena, "%lld", (long long)rows[count - 1].seq))
                                               : json_null());
  return OK;
}

static const struct read_def reads[] = {
    {"webhook.list", "密钥", read_list, false, "", "Webhooks: where events go, and how that goes", "推送地址与推送情况"},
    {"webhook.deliveries", "密钥", read_deliveries, false, "id:text! state:text after:text limit:int", "Deliveries of a webhook, newest try first",
     "一个推送地址的推送记录"},
    {NULL},
};

static const char *const tables[] = {NULL};
static const char *const nouns[] = {"webhook", NULL};
const struct view_def view_webhook = {.noun = "webhook", .version = 1, .tables = tables, .reads = reads, .nouns = nouns};
