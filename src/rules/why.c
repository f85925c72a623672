/* The why card of one consequence as JSON: clause and prose, version and figures, evidence, arithmetic, what would have
 * avoided it. */
#include "rules/parts.h"

static json_t *text(struct str s) { return json_stringn(s.p ? s.p : "", s.n); }

static json_t *both(struct str zh, struct str en) {
  json_t *j = json_object();
  json_object_set_new(j, "zh", text(zh));
  json_object_set_new(j, "en", text(en));
  return j;
}

static json_t *figures(struct engine *e, const struct rule *r, i64 at) {
  json_t *list = json_array();
  const struct lang_program *p = r->version->program;
  struct str words = lang_text(p, r->item->at);
  for (size_t i = 0; i < p->item_count; i++) {
    if (p->items[i]->kind != LI_FIGURE) continue;
    const struct lang_figure *f = p->items[i]->figure;
    if (str_find(words, f->name.text, 0) == SIZE_MAX) continue;
    const struct lang_expr *x = lang_figure_on(f, instant_date(r->type == R_SETTLE ? at - 1 : at, e->zone));
    json_t *one = json_object();
    json_object_set_new(one, "name", text(f->name.text));
    struct str shown = x == NULL ? (struct str){"", 0} : x->kind == LX_LITERAL ? value_show(e->scratch, &x->value, false, e->zone) : lang_text(p, x->at);
    json_object_set_new(one, "value", text(shown));
    json_array_append_new(list, one);
  }
  return list;
}

static json_t *clause_json(struct engine *e, const struct rule *r, i64 at) {
  const struct lang_clause *clause = r->item->clause;
  json_t *j = json_object();
  json_object_set_new(j, "id", text(intern_str(&e->names, r->clause)));
  json_object_set_new(j, "tag", text(intern_str(&e->names, r->tag)));
  if (clause) {
    json_object_set_new(j, "no", text(clause->number));
    json_object_set_new(j, "title", text(clause->title));
    json_object_set_new(j, "prose", text(clause->prose));
  }
  json_object_set_new(j, "rule", text(lang_text(r->version->program, r->item->at)));
  json_object_set_new(j, "version", text(r->version->name));
  json_object_set_new(j, "in_force_from", json_integer(r->version->in_force_ms));
  json_object_set_new(j, "figures", figures(e, r, at));
  return j;
}

json_t *engine_why_json(struct engine *e, struct str id) {
  const struct consequence *c = engine_consequence(e, id);
  if (c == NULL) return NULL;
  u64 key = 0;
  for (size_t i = 0; i < id.n; i++) key = key << 4 | (u64)(id.p[i] <= '9' ? id.p[i] - '0' : id.p[i] - 'a' + 10);
  const struct cons *kept = &e->s.cons.p[*table_get(&e->s.cons_of, key) - 1];
  const struct rule *r = &e->rules.p[kept->rule];
  arena_reset(e->scratch);
  json_t *j = json_object();
  json_object_set_new(j, "id", text(c->id));
  json_object_set_new(j, "type", json_string(consequence_type_name(c->type)));
  json_object_set_new(j, "type_zh", json_string(consequence_type_name_zh(c->type)));
  json_object_set_new(j, "seal", json_string(consequence_seal_name(c->seal)));
  json_object_set_new(j, "subject", text(c->subject));
  json_object_set_new(j, "object", text(c->object));
  json_object_set_new(j, "object_noun", json_string(c->object_noun));
  json_object_set_new(j, "item", text(c->item));
  json_object_set_new(j, "account", text(c->account));
  json_object_set_new(j, "fen", json_integer(c->fen));
  json_object_set_new(j, "fen_max", json_integer(c->fen_max));
  json_object_set_new(j, "points", json_integer(c->points));
  json_object_set_new(j, "ordinal", json_integer(c->ordinal));
  json_object_set_new(j, "at", json_integer(c->occurred_ms));
  json_object_set_new(j, "text", both(c->text_zh, c->text_en));
  json_object_set_new(j, "covers", text(c->covers));
  json_object_set_new(j, "clause", clause_json(e, r, c->occurred_ms));
  json_t *list = json_array();
  for (size_t i = 0; i < c->evidence_count; i++) {
    const struct evidence *v = &c->evidence[i];
    json_t *one = both(v->text_zh, v->text_en);
    json_object_set_new(one, "event", text(v->event_id));
    json_object_set_new(one, "kind", json_string(v->kind));
    json_object_set_new(one, "at", json_integer(v->at_ms));
    json_object_set_new(one, "counts", json_string(v->role));
    json_array_append_new(list, one);
  }
  json_object_set_new(j, "evidence", list);
  list = json_array();
  for (size_t i = 0; i < c->arithmetic_count; i++) {
    json_t *one = both(c->arithmetic[i].text_zh, c->arithmetic[i].text_en);
    json_object_set_new(one, "value", both(c->arithmetic[i].value_zh, c->arithmetic[i].value_en));
    json_array_append_new(list, one);
  }
  json_object_set_new(j, "arithmetic", list);
  json_object_set_new(j, "avoid", both(c->avoid_zh, c->avoid_en));
  return j;
}
