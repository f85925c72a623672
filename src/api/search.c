/* One search box over what the asker may read: what was said (views/find.c), then the lists of conversations, customers, orders,
 * cases and quick phrases, asked one after another with the same words, each under its own permission. With `type` only that one, by pages. */
#include "api/api_internal.h"

#include "net/path.h"
#include "views/json.h"

enum { SEARCH_EACH = 8, SEARCH_EACH_MOST = 20, SEARCH_PAGE_MOST = 50, SEARCH_WORDS_MOST = 200 };

struct found {
  const char *type, *read, *box; /* box: which list, where there are several */
  const char *page;              /* of one hit */
};

static struct str text_at(json_t *item, const char *name, const char *inner) {
  json_t *v = json_object_get(item, name);
  if (inner && json_is_object(v)) v = json_object_get(v, inner);
  return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : STR("");
}

static struct str first_of(struct str a, struct str b) { return a.n > 0 ? a : b; }

static void add(json_t *items, struct arena *a, const struct found *f, json_t *item) {
  bool order = str_is(str_c(f->type), "order"), matter = str_is(str_c(f->type), "case");
  struct str id = first_of(text_at(item, "id", NULL), text_at(item, "no", NULL));
  struct str title = matter  ? arena_printf(a, "%.*s %.*s", STR_ARG(first_of(text_at(item, "type_title", NULL), text_at(item, "type", "title"))),
                                            STR_ARG(text_at(item, "number", NULL)))
                     : order ? id
                             : first_of(text_at(item, "customer", "name"), text_at(item, "name", NULL));
  struct str text = matter  ? first_of(text_at(item, "title", NULL), text_at(item, "state", NULL))
                    : order ? first_of(text_at(item, "customer", "name"), text_at(item, "state", NULL))
                            : first_of(text_at(item, "last", "text"), text_at(item, "note", NULL));
  json_t *hit = json_pack("{s:o,s:s,s:o,s:o,s:o}", "id", json_of(id), "type", f->type, "title", json_of(str_trim(title)), "text", json_of(text), "to",
                          json_of(arena_printf(a, "%s%.*s", f->page, STR_ARG(path_encode(a, id)))));
  if (matter) json_object_set_new(hit, "number", json_of(text_at(item, "number", NULL)));
  json_array_append_new(items, hit);
}

static enum status look(struct api_call *c, struct read_ctx *r, const struct found *f, json_t *args, json_t *items) {
  const struct read_def *read = api_find_read(str_c(f->read));
  if (read == NULL || !view_may(r->program, &c->session.actor, str_c(read->permission))) return OK;
  json_t *result = NULL, *own = json_copy(args);
  if (f->box) json_object_set_new(own, "box", json_string(f->box));
  enum status status = api_read_now(c->api, f->read, own, &c->session.actor, r->store, r->arena, &result, &c->problem);
  json_decref(own);
  size_t i;
  json_t *item;
  if (status == OK) json_array_foreach(json_object_get(result, "items"), i, item) add(items, r->arena, f, item);
  json_decref(result);
  return status;
}

static const struct found lists[] = {
    {"conversation", "conversation.list", "mine", "/desk/"}, {"conversation", "conversation.list", "colleagues", "/desk/"},
    {"conversation", "conversation.list", "closed", "/desk/"}, {"customer", "customer.list", NULL, "/orders?customer="},
    {"order", "order.list", NULL, "/orders/"}, {"case", "case.list", NULL, "/cases/"},
    {"phrase", "phrase.find", NULL, "/settings?phrase="},
};

static bool wanted(struct str type, const char *one) { return type.n == 0 || str_is(type, one); }

/* What was said, with what the box was understood as; NULL when the asker may not read conversations. */
static enum status look_messages(struct api_call *c, struct read_ctx *r, i64 limit, json_t **out) {
  const struct read_def *read = api_find_read(STR("find.messages"));
  *out = NULL;
  if (read == NULL || !view_may(r->program, &c->session.actor, str_c(read->permission))) return OK;
  json_t *args = json_pack("{s:o,s:o,s:I}", "q", json_of(json_arg(c->args, "q")), "after", json_of(json_arg(c->args, "after")), "limit", (json_int_t)limit);
  enum status status = api_read_now(c->api, "find.messages", args, &c->session.actor, r->store, r->arena, out, &c->problem);
  json_decref(args);
  return status;
}

/* The terms alone, for lists that know no filters; all of the box when it holds none. */
static struct str plain_terms(struct arena *a, json_t *messages, struct str box) {
  struct str joined = STR("");
  size_t i;
  json_t *term, *list = json_object_get(messages, "terms");
  if (json_array_size(json_object_get(messages, "filters")) == 0) return box;
  json_array_foreach(list, i, term) joined = arena_printf(a, "%.*s%s%s", STR_ARG(joined), joined.n ? " " : "", json_string_value(term));
  return joined;
}

static void run(void *ctx, struct read_ctx *r) {
  struct api_call *c = ctx;
  struct str type = json_arg(c->args, "type");
  i64 most = type.n ? SEARCH_PAGE_MOST : SEARCH_EACH_MOST, limit = json_arg_int(c->args, "limit", SEARCH_EACH);
  if (limit < 1 || limit > most) limit = limit < 1 ? SEARCH_EACH : most;
  json_t *messages = NULL, *items = json_array(), *answer = json_object();
  enum status status = wanted(type, "message") ? look_messages(c, r, limit, &messages) : OK;
  struct str words = plain_terms(r->arena, messages, json_arg(c->args, "q"));
  if (messages) {
    json_object_update(answer, messages);
    json_array_extend(items, json_object_get(messages, "items"));
  }
  json_t *args = json_pack("{s:o,s:I}", "q", json_of(words), "limit", (json_int_t)limit);
  for (size_t i = 0; i < COUNT_OF(lists) && status == OK && words.n; i++)
    if (wanted(type, lists[i].type)) status = look(c, r, &lists[i], args, items);
  json_decref(args);
  json_object_set_new(answer, "items", items);
  if (!messages) json_object_set_new(answer, "next", json_null());
  json_decref(messages);
  if (status == OK) {
    api_answer(c, 200, answer);
    return;
  }
  json_decref(answer);
  api_answer_status(c, status, &c->problem);
}

void api_search(struct api_call *c) {
  struct str words = json_arg(c->args, "q");
  if (words.n == 0 || str_code_points(words) > SEARCH_WORDS_MOST) {
    api_answer(c, 200, json_pack("{s:[],s:n}", "items", "next"));
    return;
  }
  struct problem p = {0};
  enum status status = writer_read(c->api->config.writer, run, c, &p);
  if (status != OK) api_answer_status(c, status, &p);
}
