/* See figures.h. Figures come from their items, the other numbers from the tokens of the blocks: what an example, a heading or a date
 * says is not a figure. */
#include "lang/figures.h"

#include "lang/lexer.h"
#include "lang/render.h"

enum { FIGURE_WORDS_AROUND = 14, FIGURE_ARENA_MOST = 64 * 1024 * 1024 };

static json_t *text(struct str s) {
  json_t *j = json_stringn(s.p ? s.p : "", s.n);
  return j ? j : json_string("?");
}

static void put_place(json_t *o, const struct lang_program *p, size_t from, size_t to, u32 line, u32 column) {
  struct str words = str_slice(p->source, from, to);
  json_object_set_new(o, "words", text(words));
  json_object_set_new(o, "line", json_integer(line));
  json_object_set_new(o, "column", json_integer(column));
  json_object_set_new(o, "length", json_integer((json_int_t)str_code_points(words)));
}

static bool is_name_letter(struct str s, size_t at) {
  u32 c;
  if (at >= s.n || !str_decode(s, at, &c)) return false;
  return lang_is_han(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

/* Is the name there as a word of its own? */
static bool mentions(struct str body, struct str name) {
  for (size_t at = 0; (at = str_find(body, name, at)) != SIZE_MAX; at += name.n) {
    size_t before = at;
    while (before > 0 && ((unsigned char)body.p[before - 1] & 0xC0) == 0x80) before--;
    if (before > 0) before--;
    if (!(at > 0 && is_name_letter(body, before)) && !is_name_letter(body, at + name.n)) return true;
  }
  return false;
}

static json_t *uses_of(const struct lang_program *p, const struct lang_item *figure) {
  json_t *list = json_array();
  for (size_t i = 0; i < p->clause_count; i++) {
    bool found = false;
    for (size_t b = 0; b < p->block_count && !found; b++) {
      if (p->blocks[b].clause != p->clauses[i]) continue;
      struct str body = str_slice(p->source, p->blocks[b].from, p->blocks[b].to);
      /* its own line is no use of it */
      if (figure->at.from >= p->blocks[b].from && figure->at.to <= p->blocks[b].to)
        found = mentions(str_slice(body, 0, figure->at.from - p->blocks[b].from), figure->figure->name.text) ||
                mentions(str_slice(body, figure->at.to - p->blocks[b].from, body.n), figure->figure->name.text);
      else found = mentions(body, figure->figure->name.text);
    }
    if (found) json_array_append_new(list, json_pack("{s:o,s:o,s:o}", "id", text(p->clauses[i]->id), "no", text(p->clauses[i]->number), "title", text(p->clauses[i]->title)));
  }
  return list;
}

static void add_figure(struct arena *a, const struct lang_program *p, const struct lang_item *item, json_t *list) {
  const struct lang_figure *f = item->figure;
  for (size_t i = 0; i < f->value_count; i++) {
    const struct lang_expr *e = f->values[i].expr;
    if (!e) continue;
    struct str date = f->values[i].has_from ? calendar_show_date(a, f->values[i].from) : STR("");
    json_t *o = json_object();
    json_object_set_new(o, "key", text(arena_printf(a, "figure:%.*s%s%.*s", STR_ARG(f->name.text), date.n ? "@" : "", STR_ARG(date))));
    json_object_set_new(o, "clause", text(item->clause->id));
    json_object_set_new(o, "kind", json_string("figure"));
    json_object_set_new(o, "name", text(f->name.text));
    put_place(o, p, e->at.from, e->at.to, e->at.line, e->at.column);
    json_object_set_new(o, "unit", text(e->kind == LX_LITERAL ? e->unit : STR("")));
    json_object_set_new(o, "type", json_string(e->kind == LX_LITERAL ? value_type_name_en(e->value.type) : "window"));
    json_object_set_new(o, "from", date.n ? text(date) : json_null());
    json_object_set_new(o, "ours", json_boolean(f->ours));
    json_object_set_new(o, "doubtful", json_boolean(f->doubtful));
    json_object_set_new(o, "note", text(f->ours_text.n ? f->ours_text : f->doubtful_text));
    json_object_set_new(o, "uses", uses_of(p, item));
    json_array_append_new(list, o);
  }
}

static bool has_numbers(enum lang_item_kind kind) {
  return kind != LI_HEADER && kind != LI_FIGURE && kind != LI_EXAMPLE && kind != LI_WORDS && kind != LI_NOT_IN_FORCE;
}

static const struct lang_item *item_at(const struct lang_program *p, const struct lang_clause *clause, size_t at) {
  for (size_t i = 0; i < clause->item_count; i++)
    if (clause->items[i]->at.from <= at && at < clause->items[i]->at.to) return clause->items[i];
  (void)p;
  return NULL;
}

/* The last (or first) words of s, cut at a line's end. */
static struct str around(struct str s, bool last) {
  size_t nl;
  if (last) {
    for (size_t i = s.n; i-- > 0;)
      if (s.p[i] == '\n') {
        s = str_slice(s, i + 1, s.n);
        break;
      }
  } else if ((nl = str_find(s, STR("\n"), 0)) != SIZE_MAX) {
    s = str_slice(s, 0, nl);
  }
  s = str_trim(s);
  size_t points = str_code_points(s), at = 0;
  u32 c;
  if (points <= FIGURE_WORDS_AROUND) return s;
  for (size_t i = 0; i < (last ? points - FIGURE_WORDS_AROUND : FIGURE_WORDS_AROUND); i++) at += str_decode(s, at, &c);
  return last ? str_slice(s, at, s.n) : str_slice(s, 0, at);
}

static void add_number(struct arena *a, const struct lang_program *p, const struct lang_item *item, const struct lang_token *first, const struct lang_token *last, size_t *index,
                       json_t *list) {
  json_t *o = json_object();
  const struct lang_unit *u = last->kind == TK_UNIT ? last->unit : NULL;
  bool time = first->kind == TK_TIME;
  json_object_set_new(o, "key", text(arena_printf(a, "%.*s/%.*s/%zu", STR_ARG(item->clause->id), STR_ARG(item->tag), ++*index)));
  json_object_set_new(o, "clause", text(item->clause->id));
  json_object_set_new(o, "kind", json_string(time ? "time" : "number"));
  json_object_set_new(o, "name", text(STR("")));
  put_place(o, p, first->at.from, last->at.to, first->at.line, first->at.column);
  json_object_set_new(o, "unit", text(u ? u->name : first->word == LW_CURRENCY ? STR("CNY") : STR("")));
  json_object_set_new(o, "type", json_string(time ? "time" : u ? value_type_name_en(u->type) : first->word == LW_CURRENCY ? value_type_name_en(V_MONEY) : "number"));
  json_object_set_new(o, "from", json_null());
  json_object_set_new(o, "ours", json_false());
  json_object_set_new(o, "doubtful", json_false());
  json_object_set_new(o, "note", text(STR("")));
  json_object_set_new(o, "before", text(around(str_slice(p->source, item->at.from, first->at.from), true)));
  json_object_set_new(o, "after", text(around(str_slice(p->source, last->at.to, item->at.to), false)));
  json_object_set_new(o, "rule", text(lang_item_zh(item->kind)));
  json_object_set_new(o, "rule_en", text(lang_item_en(item->kind)));
  json_object_set_new(o, "tag", text(item->tag));
  json_array_append_new(list, o);
}

static void block_numbers(struct arena *a, const struct lang_program *p, const struct lang_block *block, size_t *index, json_t *list) {
  struct lang_lexer x;
  lang_lexer_init(&x, a, p->source, NULL);
  struct lang_tokens t = lang_lex(&x, block->from, block->to, block->line);
  for (size_t i = 0; i + 1 < t.count; i++) {
    const struct lang_token *k = &t.p[i], *last = k;
    if (k->kind == TK_WORD && k->word == LW_CURRENCY && t.p[i + 1].kind == TK_NUMBER) last = &t.p[i + 1];
    else if (k->kind == TK_NUMBER && t.p[i + 1].kind == TK_UNIT) last = &t.p[i + 1];
    else if (k->kind != TK_TIME) continue;
    bool ordinal = i > 0 && t.p[i - 1].kind == TK_WORD && t.p[i - 1].word == LW_NTH;
    const struct lang_item *item = ordinal ? NULL : item_at(p, block->clause, k->at.from);
    if (item && has_numbers(item->kind)) add_number(a, p, item, k, last, index, list);
    if (last != k) i++;
  }
}

json_t *lang_figures_json(const struct lang_program *p) {
  json_t *list = json_array();
  struct arena *a = arena_new(FIGURE_ARENA_MOST);
  for (size_t i = 0; i < p->item_count; i++)
    if (p->items[i]->kind == LI_FIGURE) add_figure(a, p, p->items[i], list);
  for (size_t c = 0; c < p->clause_count; c++) {
    size_t index = 0;
    for (size_t b = 0; b < p->block_count; b++)
      if (p->blocks[b].clause == p->clauses[c]) block_numbers(a, p, &p->blocks[b], &index, list);
  }
  arena_free(a);
  return list;
}
