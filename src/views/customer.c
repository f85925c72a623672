/* Customers: profile, search, and the masking that is the default everywhere. The unmasked value of one field is given by the
 * command customer.reveal alone, with a reason that is logged. */
#include "views/customer.h"

#include "views/conversation.sql.h"
#include "views/customer.sql.h"
#include "views/json.h"
#include "views/show.h"
#include "views/sound.h"
#include "views/sound.sql.h"

#include <string.h>

/* Byte offset of code point number `n`, or the end. */
static size_t offset_of(struct str s, size_t n) {
  size_t at = 0;
  u32 c;
  while (n-- && at < s.n) at += str_decode(s, at, &c);
  return at;
}

static struct str mask(struct arena *a, struct str s, size_t head, size_t tail) {
  size_t n = str_code_points(s);
  if (n == 0) return s;
  if (head + tail >= n) head = tail = n > 2 ? 1 : 0;
  struct str front = str_slice(s, 0, offset_of(s, head)), back = str_slice(s, offset_of(s, n - tail), s.n);
  return arena_printf(a, "%.*s****%.*s", STR_ARG(front), STR_ARG(back));
}

struct str customer_mask_phone(struct arena *a, struct str phone) { return mask(a, phone, 3, 4); }
struct str customer_mask_address(struct arena *a, struct str address) { return mask(a, address, 6, 0); }
struct str customer_mask_id(struct arena *a, struct str id_number) { return mask(a, id_number, 4, 4); }
struct str customer_mask_email(struct arena *a, struct str email) {
  struct str host, user = str_cut(email, '@', &host);
  if (!host.n) return mask(a, email, 1, 0);
  return arena_printf(a, "%.*s***@%.*s", STR_ARG(str_slice(user, 0, offset_of(user, 1))), STR_ARG(host));
}

struct str customer_show_name(struct arena *a, struct str name) {
  if (name.n < 7) return name;
  for (size_t i = 0; i < name.n; i++)
    if ((name.p[i] < '0' || name.p[i] > '9') && !strchr("+- ", name.p[i])) return name;
  return mask(a, name, 3, 4);
}

struct str customer_initial(struct str name) {
  u32 c;
  size_t n = name.n ? str_decode(name, 0, &c) : 0;
  return n ? str_slice(name, 0, n) : STR("客");
}

json_t *customer_json(struct arena *a, const struct customer_get_row *row) {
  json_t *o = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "id", json_of(row->id), "name", json_of(customer_show_name(a, row->name)), "initial",
                        json_of(customer_initial(row->name)), "buyer", json_of(row->buyer), "source", json_of(row->source), "linked",
                        json_of_or_null(row->linked));
  show_put_text(o, "phone_masked", customer_mask_phone(a, row->phone));
  show_put_text(o, "address_masked", customer_mask_address(a, row->address));
  show_put_text(o, "id_number_masked", customer_mask_id(a, row->id_number));
  show_put_text(o, "email_masked", customer_mask_email(a, row->email));
  show_put_text(o, "note", row->note);
  show_put_text(o, "level", row->level);
  show_put_text(o, "page", row->page);
  json_object_set_new(o, "tags", show_stored(row->tags, json_array()));
  show_put_int(o, "created_ms", row->created_ms);
  show_put_int(o, "seen_ms", row->seen_ms);
  show_put_int(o, "first_seen_ms", row->created_ms);
  json_object_set_new(o, "merged_into", json_of_or_null(row->merged_into));
  return o;
}

enum status customer_full_json(struct read_ctx *r, const struct customer_get_row *row, json_t **out) {
  struct customer_summary_row *sum;
  struct customer_summary_in in = {.customer = row->id, .linked = row->linked.n ? row->linked : row->id};
  enum status status = customer_summary(r->store, r->arena, &in, &sum, r->problem);
  if (status != OK) return status;
  *out = customer_json(r->arena, row);
  show_put_int(*out, "visits", sum->visits);
  show_put_int(*out, "orders", sum->orders);
  show_put_int(*out, "spent_fen", sum->spent_fen);
  return OK;
}

/* ---- folds ----------------------------------------------------------------------------------------------------- */

static enum status fold_changed(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct customer_get_row *row;
  enum status status = customer_get(s, a, &(struct customer_get_in){.id = event_get_text(e, "customer")}, &row, p);
  if (status != OK || !row) return status;
  struct customer_set_in in = {.id = row->id, .name = row->name, .phone = row->phone, .address = row->address, .id_number = row->id_number,
                               .email = row->email, .note = row->note, .level = row->level, .tags = row->tags, .linked = row->linked};
  struct str item = event_get_text(e, "item"), field = event_get_text(e, "field"), new = event_get(e, STR("new")).s;
  if (str_is(item, "等级")) in.level = new;
  else if (str_is(item, "标签")) in.tags = new;
  else if (str_is(item, "合并")) in.linked = new;
  else if (!str_is(item, "资料")) return OK;
  else if (str_is(field, "name")) in.name = new;
  else if (str_is(field, "phone")) in.phone = new;
  else if (str_is(field, "address")) in.address = new;
  else if (str_is(field, "id_number")) in.id_number = new;
  else if (str_is(field, "email")) in.email = new;
  else if (str_is(field, "note")) in.note = new;
  return customer_set(s, &in, NULL, p);
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  switch (event_kind_index(e->kind)) {
    case EVENT_customer_created: {
      struct customer_insert_in in = {.id = event_get_text(e, "customer"), .name = event_get_text(e, "name"), .buyer = event_get_text(e, "buyer"),
                                      .source = event_get_text(e, "source"), .phone = event_get_text(e, "phone"),
                                      .address = event_get_text(e, "address"), .email = event_get_text(e, "email"), .page = event_get_text(e, "page"), .created_ms = e->occurred_ms};
      if (!in.name.n) in.name = in.buyer.n ? in.buyer : in.id;
      return customer_insert(s, &in, NULL, p);
    }
    case EVENT_customer_changed: return fold_changed(s, a, e, p);
    case EVENT_conversation_customer_spoke:
    case EVENT_order_placed:
      return customer_see(s, &(struct customer_see_in){.id = event_get_text(e, "customer"), .seen_ms = e->occurred_ms}, NULL, p);
    default: return OK;
  }
}

/* ---- reads ----------------------------------------------------------------------------------------------------- */

/* From the columns of a list query (all three have the same) to the item of the list. */
static json_t *item_of(struct arena *a, json_t *owned_row) {
  struct str name = json_arg(owned_row, "name"), phone = json_arg(owned_row, "phone");
  json_object_set_new(owned_row, "initial", json_of(customer_initial(name)));
  show_put_text(owned_row, "name", customer_show_name(a, arena_dup(a, name)));
  show_put_text(owned_row, "phone_masked", customer_mask_phone(a, phone));
  json_object_set_new(owned_row, "tags", show_stored(json_arg(owned_row, "tags"), json_array()));
  json_object_del(owned_row, "phone");
  return owned_row;
}

#define ADD_ITEMS(items, query)                                                                                        \
  for (size_t i = 0; i < count; i++) json_array_append_new(items, item_of(r->arena, query##_json(&query##_rows[i])))

/* After those whose name begins so: those whose name sounds so (zs, zhangsan). */
static enum status add_by_sound(struct read_ctx *r, struct str q, i64 most, json_t *items) {
  struct customer_by_sound_row *customer_by_sound_rows;
  struct str low;
  size_t count;
  if (!sound_may_be(r->arena, q, &low)) return OK;
  struct customer_by_sound_in in = {.from_sound = low, .to_sound = arena_printf(r->arena, "%.*s\x7f", STR_ARG(low)), .most = most};
  enum status status = customer_by_sound(r->store, r->arena, &in, &customer_by_sound_rows, &count, r->problem);
  for (size_t i = 0; status == OK && i < count && (i64)json_array_size(items) < most; i++)
    if (!str_starts(customer_by_sound_rows[i].name, q)) json_array_append_new(items, item_of(r->arena, customer_by_sound_json(&customer_by_sound_rows[i])));
  return status;
}

static enum status read_list(struct read_ctx *r, json_t *query, json_t **result) {
  struct str q = json_arg(query, "q"), after_id = STR("");
  i64 most = json_arg_limit(query), ms = INT64_MAX;
  size_t count = 0;
  enum status status;
  json_t *items = json_array(), *next = json_null();
  bool digits = q.n >= 7;
  for (size_t i = 0; digits && i < q.n; i++) digits = q.p[i] >= '0' && q.p[i] <= '9';
  json_arg_cursor(query, &ms, &after_id);
  if (digits) {
    struct customer_by_phone_row *customer_by_phone_rows;
    TRY(customer_by_phone(r->store, r->arena, &(struct customer_by_phone_in){.phone = q, .most = most}, &customer_by_phone_rows, &count, r->problem));
    ADD_ITEMS(items, customer_by_phone);
  } else if (q.n) {
    struct customer_by_name_row *customer_by_name_rows;
    struct customer_by_name_in in = {.from_name = q, .to_name = arena_printf(r->arena, "%.*s\xF4\x8F\xBF\xBF", STR_ARG(q)),
                                     .after_name = json_arg(query, "after"), .after_id = STR("\xF4\x8F\xBF\xBF"), .most = most};
    TRY(customer_by_name(r->store, r->arena, &in, &customer_by_name_rows, &count, r->problem));
    ADD_ITEMS(items, customer_by_name);
    if (count == (size_t)most) next = json_of(customer_by_name_rows[count - 1].name);
    else if (!in.after_name.n) TRY(add_by_sound(r, q, most, items));
  } else {
    struct customer_recent_row *customer_recent_rows;
    struct customer_recent_in in = {.before_ms = ms, .before_id = after_id, .most = most};
    TRY(customer_recent(r->store, r->arena, &in, &customer_recent_rows, &count, r->problem));
    ADD_ITEMS(items, customer_recent);
    if (count == (size_t)most) next = json_cursor(r->arena, customer_recent_rows[count - 1].seen_ms, customer_recent_rows[count - 1].id);
  }
  *result = json_pack("{s:o,s:o}", "items", items, "next", next);
  return OK;
done:
  json_decref(items);
  return status;
}

static enum status read_get(struct read_ctx *r, json_t *query, json_t **result) {
  struct customer_get_row *row;
  struct str id = json_arg(query, "id");
  enum status status = customer_get(r->store, r->arena, &(struct customer_get_in){.id = id}, &row, r->problem);
  if (status != OK) return status;
  if (!row) return problem_set(r->problem, E_NOT_FOUND, "customer.unknown", "没有顾客 %.*s", "There is no customer %.*s", STR_ARG(id));
  struct conversation_of_customer_row *rows;
  size_t count;
  status = conversation_of_customer(r->store, r->arena, &(struct conversation_of_customer_in){.customer = row->id, .most = 50}, &rows, &count,
                                    r->problem);
  json_t *o = NULL;
  if (status == OK) status = customer_full_json(r, row, &o);
  if (status != OK) return status;
  json_t *talks = json_array();
  for (size_t i = 0; i < count; i++) json_array_append_new(talks, conversation_of_customer_json(&rows[i]));
  json_object_set_new(o, "conversations", talks);
  *result = o;
  return OK;
}

static const struct read_def reads[] = {
    {"customer.list", "客户.查看", read_list, false, "q:text after:text limit:int", "Customers, last seen first, or by name, its pinyin or first letters, or phone", "顾客：最近来的在前，或按姓名、拼音、首字母、电话"},
    {"customer.get", "客户.查看", read_get, false, "id:customer!", "One customer with the conversations", "一位顾客与其会话"},
    {NULL},
};

static const char *const nouns[] = {"customer", "conversation", "order", NULL};
static const char *const tables[] = {"customer", NULL};
const struct view_def view_customer = {.noun = "customer", .version = 2, .tables = tables, .fold = fold, .reads = reads, .nouns = nouns};
