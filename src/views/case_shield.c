/* 密级 on cases: what of a case is shown masked (遮盖), and when its content is no longer shown at all (存). A case belongs to the class
 * its type names, or whose members name the type. Masked is what stands in 遮盖, for readers who neither handle the case nor stand in
 * 见; past its keeping a closed case shows that it was, its states and its clauses, and none of its fields, to nobody. The log keeps
 * every event: this is what the desk shows and gives out. */
#include "base/calendar.h"
#include "views/case.h"
#include "views/customer.h"

static bool names(const struct lang_names *list, struct str word) {
  for (size_t i = 0; i < list->count; i++)
    if (str_eq(list->p[i].text, word)) return true;
  return false;
}

static const struct lang_class *class_of(const struct lang_program *program, struct str type) {
  const struct lang_case *c = program ? lang_find_case(program, type) : NULL;
  for (size_t i = 0; program && i < program->item_count; i++) {
    const struct lang_class *k = program->items[i]->kind == LI_CLASS ? program->items[i]->data_class : NULL;
    if (k && ((c && c->data_class.text.n && str_eq(c->data_class.text, k->name.text)) || names(&k->members, type))) return k;
  }
  return NULL;
}

/* 见 of the class, or 岗位 … 见 with the reader's role. */
static bool may_see(struct read_ctx *r, const struct party_desk *desk, const struct lang_class *k) {
  struct party_matter m = {.actor = r->actor.id};
  for (size_t g = 0; g < k->grant_count; g++)
    for (size_t n = 0; k->grants[g].access == LANG_SEE && !k->grants[g].nobody && n < k->grants[g].parties.count; n++)
      if (desk && party_includes(desk, &k->grants[g].parties.p[n], &m, r->actor.id)) return true;
  for (size_t i = 0; i < r->program->item_count; i++) {
    const struct lang_role *role = r->program->items[i]->kind == LI_ROLE ? r->program->items[i]->role : NULL;
    if (role && names(&role->sees, k->name.text) && names(&role->names, r->actor.role)) return true;
  }
  return false;
}

/* The last instant up to which a case closed then is shown; INT64_MAX: for ever. */
static i64 kept_until(struct read_ctx *r, const struct lang_class *k, i64 closed_ms) {
  i64 date = instant_date(closed_ms, r->zone_offset_ms);
  const struct lang_expr *e = k->keep && k->keep->kind == LX_PATH && k->keep->figure ? lang_figure_on(k->keep->figure, date) : k->keep;
  if (!e || e->kind != LX_LITERAL) return INT64_MAX;
  if (e->value.type == V_MONTHS) date = date_add_months(date, e->value.i);
  else if (e->value.type == V_DAYS) date += e->value.i;
  else return e->value.type == V_DURATION ? closed_ms + e->value.i : INT64_MAX;
  return instant_at(date + 1, 0, r->zone_offset_ms) - 1;
}

static bool speaks_of(struct str name, const char *const *words) {
  for (; *words; words++)
    if (str_find(name, str_c(*words), 0) != SIZE_MAX) return true;
  return false;
}

static struct str masked(struct arena *a, struct str field, struct str s) {
  static const char *const phone[] = {"手机", "电话", "phone", "mobile", NULL}, *const address[] = {"地址", "address", NULL},
                    *const id[] = {"身份证", "证号", "id_number", NULL}, *const email[] = {"邮箱", "邮件", "email", NULL};
  if (speaks_of(field, phone)) return customer_mask_phone(a, s);
  if (speaks_of(field, address)) return customer_mask_address(a, s);
  if (speaks_of(field, id)) return customer_mask_id(a, s);
  if (speaks_of(field, email)) return customer_mask_email(a, s);
  u32 cp = 0;
  size_t first = s.n ? str_decode(s, 0, &cp) : 0;
  return arena_printf(a, "%.*s***", (int)first, s.p ? s.p : "");
}

static json_t *masked_value(struct arena *a, struct str field, const json_t *v) {
  if (json_is_string(v)) return show_text(masked(a, field, (struct str){json_string_value(v), json_string_length(v)}));
  if (!json_is_array(v)) return json_is_null(v) ? json_null() : json_string("***");
  json_t *list = json_array(), *one;
  size_t i;
  json_array_foreach((json_t *)(uintptr_t)v, i, one) json_array_append_new(list, masked_value(a, field, one));
  return list;
}

void case_shield(struct read_ctx *r, const struct party_desk *desk, const struct case_file_get_row *row, bool handles, json_t *fields, json_t *out) {
  const struct lang_class *k = class_of(r->program, row->type);
  if (!k) return;
  i64 until = row->final ? kept_until(r, k, row->state_since_ms) : INT64_MAX;
  bool past = r->now_ms > until;
  if (out) show_put_text(out, "class", k->name.text);
  if (out && until != INT64_MAX) show_put_int(out, "kept_until_ms", until);
  if (out) json_object_set_new(out, "past_keeping", json_boolean(past));
  if (past) {
    json_object_clear(fields);
    return;
  }
  json_t *hidden = json_array();
  bool all = r->actor.owner || handles || str_eq(row->opened_by, r->actor.id) || str_eq(row->assignee, r->actor.id) || str_eq(row->subject, r->actor.id) || may_see(r, desk, k);
  for (size_t i = 0; !all && i < k->mask.count; i++) {
    struct str name = k->mask.p[i].text;
    const json_t *v = json_object_getn(fields, name.p, name.n);
    if (!v) continue;
    json_object_setn_new_nocheck(fields, name.p, name.n, masked_value(r->arena, name, v));
    json_array_append_new(hidden, show_text(name));
  }
  if (out) json_object_set(out, "masked", hidden);
  json_decref(hidden);
}
