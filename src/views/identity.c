/* One customer across channels: which addresses and numbers are whose, which records were merged and why, which look alike.
 *
 * A merge moves conversations, orders and identities of the other record under this one and remembers each, so that undoing it moves
 * exactly those back. What happened under the merged record afterwards stays with it. */
#include "views/identity.h"

#include "views/customer.h"
#include "views/customer.sql.h"
#include "views/identity.sql.h"
#include "views/json.h"
#include "views/show.h"

struct str identity_value(struct arena *a, struct str kind, struct str value) {
  char *copy = arena_alloc(a, value.n + 1);
  size_t n = 0;
  bool phone = str_is(kind, "phone"), email = str_is(kind, "email");
  for (size_t i = 0; i < value.n; i++) {
    char c = value.p[i];
    if (phone && !(c >= '0' && c <= '9')) continue;
    if (email && (unsigned char)c <= ' ') continue;
    copy[n++] = email && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
  }
  struct str s = {copy, n};
  if (phone && n == 13 && str_starts(s, STR("86"))) s = str_slice(s, 2, n); /* +86 139… */
  return s;
}

/* ---- folds ------------------------------------------------------------------------------------------------------------- */

static enum status put(struct store *s, struct arena *a, const char *kind, struct str value, struct str customer, i64 at_ms, struct problem *p) {
  value = identity_value(a, str_c(kind), value);
  if (!value.n || !customer.n) return OK;
  return identity_put(s, &(struct identity_put_in){.kind = str_c(kind), .value = value, .customer = customer, .at_ms = at_ms}, NULL, p);
}

static enum status fold_changed(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  struct str field = event_get_text(e, "field"), customer = event_get_text(e, "customer"), old = event_get(e, STR("old")).s, new = event_get(e, STR("new")).s;
  if (str_eq(e->actor, customer)) return OK; /* what somebody says of themselves opens no mailbox to them: staff merge */
  if (!str_is(event_get_text(e, "item"), "资料") || (!str_is(field, "phone") && !str_is(field, "email"))) return OK;
  const char *kind = str_is(field, "phone") ? "phone" : "email";
  struct identity_drop_in in = {.kind = str_c(kind), .value = identity_value(a, str_c(kind), old), .customer = customer};
  enum status status = in.value.n ? identity_drop(s, &in, NULL, p) : OK;
  return status == OK ? put(s, a, kind, new, customer, e->occurred_ms, p) : status;
}

static enum status fold_merged(struct store *s, const struct event *e, struct problem *p) {
  struct str into = event_get_text(e, "customer"), other = event_get_text(e, "other");
  struct customer_merge_insert_in in = {.id = e->id, .customer = into, .other = other, .reason = event_get_text(e, "reason"), .person = event_get_text(e, "person"), .at_ms = e->occurred_ms};
  enum status status = OK;
  TRY(customer_merge_insert(s, &in, NULL, p));
  TRY(customer_moved_conversations(s, &(struct customer_moved_conversations_in){.merge = e->id, .other = other}, NULL, p));
  TRY(customer_moved_orders(s, &(struct customer_moved_orders_in){.merge = e->id, .other = other}, NULL, p));
  TRY(customer_moved_identities(s, &(struct customer_moved_identities_in){.merge = e->id, .other = other}, NULL, p));
  TRY(customer_moved_records(s, &(struct customer_moved_records_in){.merge = e->id, .other = other}, NULL, p));
  TRY(customer_move_conversations(s, &(struct customer_move_conversations_in){.customer = into, .other = other}, NULL, p));
  TRY(customer_move_orders(s, &(struct customer_move_orders_in){.customer = into, .other = other}, NULL, p));
  TRY(customer_move_identities(s, &(struct customer_move_identities_in){.customer = into, .other = other}, NULL, p));
  TRY(customer_move_records(s, &(struct customer_move_records_in){.customer = into, .other = other}, NULL, p));
done:
  return status;
}

static enum status fold_unmerged(struct store *s, const struct event *e, struct problem *p) {
  struct str into = event_get_text(e, "customer"), other = event_get_text(e, "other"), merge = event_get_text(e, "merge");
  enum status status = OK;
  TRY(customer_back_conversations(s, &(struct customer_back_conversations_in){.merge = merge, .customer = into, .other = other}, NULL, p));
  TRY(customer_back_orders(s, &(struct customer_back_orders_in){.merge = merge, .customer = into, .other = other}, NULL, p));
  TRY(customer_back_identities(s, &(struct customer_back_identities_in){.merge = merge, .customer = into, .other = other}, NULL, p));
  TRY(customer_back_records(s, &(struct customer_back_records_in){.merge = merge, .customer = into, .other = other}, NULL, p));
  TRY(customer_merge_undo(s, &(struct customer_merge_undo_in){.id = merge}, NULL, p));
done:
  return status;
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  enum status status = OK;
  switch (event_kind_index(e->kind)) {
    case EVENT_customer_created: {
      struct str customer = event_get_text(e, "customer");
      TRY(put(s, a, "phone", event_get_text(e, "phone"), customer, e->occurred_ms, p));
      TRY(put(s, a, "email", event_get_text(e, "email"), customer, e->occurred_ms, p));
      return put(s, a, "buyer", event_get_text(e, "buyer"), customer, e->occurred_ms, p);
    }
    case EVENT_customer_changed: return fold_changed(s, a, e, p);
    case EVENT_customer_merged: return fold_merged(s, e, p);
    case EVENT_customer_unmerged: return fold_unmerged(s, e, p);
    default: return OK;
  }
done:
  return status;
}

/* ---- reads ------------------------------------------------------------------------------------------------------------- */

static struct str masked(struct arena *a, struct str kind, struct str value) {
  if (str_is(kind, "phone")) return customer_mask_phone(a, value);
  if (str_is(kind, "email")) return customer_mask_email(a, value);
  return customer_show_name(a, value);
}

static enum status alike_json(struct read_ctx *r, const struct customer_get_row *u, json_t **out) {
  struct customer_alike_row *rows;
  size_t count;
  enum status status = customer_alike(r->store, r->arena, &(struct customer_alike_in){.id = u->id, .phone = u->phone, .email = u->email}, &rows, &count, r->problem);
  if (status != OK) return status;
  *out = json_array();
  for (size_t i = 0; i < count; i++) {
    struct str name = customer_show_name(r->arena, rows[i].name);
    bool phone = u->phone.n && str_eq(u->phone, rows[i].phone), email = u->email.n && str_eq(u->email, rows[i].email);
    json_t *why = json_array();
    if (phone) json_array_append_new(why, json_string("phone"));
    if (email) json_array_append_new(why, json_string("email"));
    json_array_append_new(*out, json_pack("{s:o,s:o,s:o,s:o,s:I,s:o}", "id", json_of(rows[i].id), "name", json_of(name), "initial", json_of(customer_initial(name)), "source", json_of(rows[i].source), "seen_ms",
                                          (json_int_t)rows[i].seen_ms, "same", why));
  }
  return OK;
}

static enum status read_get(struct read_ctx *r, json_t *query, json_t **result) {
  struct customer_get_row *u;
  struct identity_of_row *rows;
  struct customer_merge_of_row *merges;
  struct show_people people;
  size_t count, merge_count;
  struct str id = json_arg(query, "id");
  json_t *alike = NULL;
  enum status status = OK;
  TRY(customer_get(r->store, r->arena, &(struct customer_get_in){.id = id}, &u, r->problem));
  if (!u) TRY(problem_set(r->problem, E_NOT_FOUND, "customer.unknown", "没有顾客 %.*s", "There is no customer %.*s", STR_ARG(id)));
  TRY(identity_of(r->store, r->arena, &(struct identity_of_in){.customer = id}, &rows, &count, r->problem));
  TRY(customer_merge_of(r->store, r->arena, &(struct customer_merge_of_in){.customer = id}, &merges, &merge_count, r->problem));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(alike_json(r, u, &alike));
  json_t *known = json_array(), *merged = json_array();
  for (size_t i = 0; i < count; i++)
    json_array_append_new(known, json_pack("{s:o,s:o}", "kind", json_of(rows[i].kind), "value_masked", json_of(masked(r->arena, rows[i].kind, rows[i].value))));
  for (size_t i = 0; i < merge_count; i++)
    json_array_append_new(merged, json_pack("{s:o,s:o,s:o,s:o,s:o,s:I}", "id", json_of(merges[i].id), "other", json_of(merges[i].other), "other_name",
                                            json_of(customer_show_name(r->arena, merges[i].other_name)), "reason", json_of(merges[i].reason), "by", json_of(show_name(&people, merges[i].person)), "at_ms",
                                            (json_int_t)merges[i].at_ms));
  *result = json_pack("{s:o,s:o,s:o,s:o}", "id", json_of(id), "identities", known, "merges", merged, "alike", alike);
done:
  return status;
}

static const struct read_def reads[] = {
    {"identity.get", "客户.查看", read_get, false, "id:customer!", "Where a customer is known, merged records, records that look alike", "顾客在各渠道的身份、并过的档、疑似重复"},
    {NULL},
};
static const char *const nouns[] = {"customer", NULL};
static const char *const tables[] = {"identity", "customer_merge", "customer_moved", NULL};
const struct view_def view_identity = {.noun = "identity", .version = 1, .tables = tables, .fold = fold, .reads = reads, .nouns = nouns};
