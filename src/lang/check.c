/* The checker's entry: tables of names, what must be unique, then every item, then the book as a whole. */
#include "lang/checker.h"
#include "lang/lexer.h"

#include <string.h>

static void declare(struct checker *c, struct map *m, struct lang_name name, void *node, const char *what_zh, const char *what_en) {
  bool fresh;
  struct map_entry *e = map_put(m, name.text, &fresh);
  if (!fresh) {
    struct lang_diagnostic *twice = lang_diagnose_texts(c->d, LANG_ERROR, name.at, "lang.duplicate_name", arena_printf(c->arena, "%s“%.*s”写了两次", what_zh, STR_ARG(name.text)),
                        arena_printf(c->arena, "the %s “%.*s” stands twice", what_en, STR_ARG(name.text)));
    lang_diagnostic_repair(c->d, twice, "删去一处，或给其中一处另取名字", "delete one of them, or give one another name");
    return;
  }
  e->ptr = node;
}

static void declare_roles(struct checker *c, struct lang_role *r) {
  for (size_t i = 0; i < r->names.count; i++) {
    bool fresh;
    struct map_entry *e = map_put(&c->roles, r->names.p[i].text, &fresh);
    if (fresh) e->ptr = r;
    else lang_diagnostic_repair(c->d, lang_diagnose(c->d, LANG_WARNING, r->names.p[i].at, "lang.duplicate_role", "岗位“%.*s”声明了两次：只算第一次", "the role “%.*s” is declared twice: the first one counts", STR_ARG(r->names.p[i].text)),
                                "删去一行", "delete one of the lines");
  }
}

static void declare_item(struct checker *c, struct lang_item *item) {
  switch (item->kind) {
    case LI_FIGURE: declare(c, &c->figures, item->figure->name, item->figure, "参数", "figure"); break;
    case LI_DEFINE: declare(c, &c->defines, item->define->name, item->define, "所称", "definition"); break;
    case LI_ROLE: declare_roles(c, item->role); break;
    case LI_SHIFT: declare(c, &c->shifts, item->shift->name, item->shift, "班次", "shift"); break;
    case LI_CASE: declare(c, &c->cases, item->case_type->name, item->case_type, "单据", "case"); break;
    case LI_SCORE: declare(c, &c->scores, item->score->name, item->score, "积分", "score"); break;
    case LI_LET: declare(c, &c->lets, item->let->name, item->let, "量", "measure"); break;
    case LI_CHECKLIST: declare(c, &c->checklists, item->checklist->name, item->checklist, "检查表", "checklist"); break;
    case LI_SURVEY: declare(c, &c->surveys, item->survey->name, item->survey, "问卷", "survey"); break;
    case LI_CLASS: declare(c, &c->classes, item->data_class->name, item->data_class, "密级", "data class"); break;
    case LI_ACCOUNT: declare(c, &c->accounts, item->account->name, item->account, "账户", "account"); break;
    case LI_SETTLE:
      for (size_t i = 0; i < item->settle->statement_count; i++)
        if (item->settle->statements[i].let) declare(c, &c->lets, item->settle->statements[i].let->name, item->settle->statements[i].let, "量", "measure");
      break;
    default: break;
  }
}

static bool is_rule(const struct lang_item *item) {
  return !item->inside && (item->kind == LI_WHEN || item->kind == LI_MUST || item->kind == LI_EACH || item->kind == LI_SETTLE || item->kind == LI_FORBID);
}

/* Ids of headings and tags; a tag from the second rule of a clause on. */
static void declare_ids(struct checker *c) {
  struct lang_program *p = c->p;
  for (size_t i = 0; i < p->clause_count; i++) {
    const struct lang_clause *clause = p->clauses[i];
    if (clause->id.n) map_set_ptr(&c->ids, clause->id, p->clauses[i]);
    size_t rules = 0;
    for (size_t k = 0; k < clause->item_count; k++) rules += is_rule(clause->items[k]);
    for (size_t k = 0; k < clause->item_count; k++) {
      const struct lang_item *item = clause->items[k];
      if (rules > 1 && is_rule(item) && !item->tag.n) {
        struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, (struct lang_span){item->at.from, item->at.from + 3, item->at.line, item->at.column}, "lang.tag_missing",
                                                  "这一条有几条规则，每条要有自己的 #标签，改动以后才认得出谁是谁", "this clause has several rules: each needs its #tag, so that they are told apart after an edit");
        lang_diagnostic_repair(c->d, m, "在行首写 #late 之类的标签", "begin the line with a tag such as #late");
      }
      if (!clause->id.n && is_rule(item))
        lang_diagnose(c->d, LANG_ERROR, clause->at, "lang.heading_without_id", "有规则的标题要有标识 {#…}", "a heading with rules needs an id {#…}");
    }
  }
  for (size_t i = 0; i < p->item_count; i++) {
    struct lang_item *item = p->items[i];
    if (!item->tag.n) continue;
    bool fresh;
    struct map_entry *e = map_put(&c->ids, item->tag, &fresh);
    if (fresh || e->ptr == (const void *)item->clause) e->ptr = item; /* a tag may repeat its own heading's id */
    else lang_diagnose(c->d, LANG_ERROR, item->at, "lang.duplicate_id", "标签 #%.*s 已经用过", "the tag #%.*s is used already", STR_ARG(item->tag));
  }
}

static void check_header(struct checker *c) {
  const struct lang_program *p = c->p;
  size_t headers = 0;
  for (size_t i = 0; i < p->item_count; i++) headers += p->items[i]->kind == LI_HEADER;
  if (!p->header) {
    if (!p->item_count) return;
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, p->items[0]->at, "lang.no_header", "没有“制度”一项：这是哪本制度、哪个版本、何时施行？", "no “rulebook” item: which book is this, which version, in force from when?");
    lang_diagnostic_repair(c->d, m, "制度 c14 “客服管理办法” 版本 1.0 公布 2026-02-20 施行 2026-03-01", "rulebook c14 “Service rules” version 1.0 published 2026-02-20 in_force 2026-03-01");
    return;
  }
  const struct lang_header *h = p->header;
  if (headers > 1) lang_diagnose(c->d, LANG_ERROR, h->id.at, "lang.two_headers", "“制度”写了两次", "“rulebook” stands twice");
  if (h->has_published && h->has_in_force && h->in_force < h->published) {
    struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, h->id.at, "lang.backdated", "施行早于公布：制度不能管公布以前的事", "in force before it was published: a book cannot judge what happened before");
    lang_diagnostic_repair(c->d, m, "施行 改成公布当日或以后", "put in_force on or after the day it is published");
  }
  if (!h->has_in_force && !h->in_force_on_publication)
    lang_diagnose(c->d, LANG_WARNING, h->id.at, "lang.no_in_force", "没有写何时施行", "the book does not say when it comes into force");
}

static void check_roles(struct checker *c) {
  for (size_t i = 0; i < c->p->item_count; i++) {
    if (c->p->items[i]->kind != LI_ROLE) continue;
    const struct lang_role *r = c->p->items[i]->role;
    const struct lang_name *others[2] = {&r->superior, &r->deputy};
    for (int k = 0; k < 2; k++) {
      if (!others[k]->text.n || map_ptr(&c->roles, others[k]->text)) continue;
      size_t distance = 99;
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, others[k]->at, "lang.unknown_role", "没有声明“%.*s”这个岗位", "the role “%.*s” is not declared", STR_ARG(others[k]->text));
      struct str near = lang_nearest(c, others[k]->text, &c->roles, STR(""), &distance);
      lang_suggest(c, m, near);
      lang_diagnostic_repair(c->d, m, "岗位 %.*s", "role %.*s", STR_ARG(others[k]->text));
    }
    const struct lang_role *up = r;
    for (int steps = 0; up && up->superior.text.n; steps++) {
      if (steps > 100) {
        struct lang_diagnostic *m = lang_diagnose(c->d, LANG_ERROR, r->superior.at, "lang.role_cycle", "上级绕成了一圈：“%.*s”往上找，总到不了头", "the superiors go round in a circle: going up from “%.*s” never ends",
                                                  STR_ARG(r->names.p[0].text));
        lang_diagnostic_repair(c->d, m, "最上面的岗位不写上级", "leave out the superior of the highest role");
        break;
      }
      up = map_ptr(&c->roles, up->superior.text);
    }
  }
}

/* 量 that reads itself: a walk with colours over the measures. */
enum { LET_GREY = 1, LET_BLACK = 2, LET_CHAIN_MAX = 500 };
struct let_walk {
  struct checker *c;
  struct map colours; /* name of the measure -> colour */
  int depth;
};
static void walk_let(struct let_walk *w, const struct lang_let *l);
static void walk_expr(struct let_walk *w, const struct lang_expr *e) {
  if (!e) return;
  if (e->let) walk_let(w, e->let);
  walk_expr(w, e->a);
  walk_expr(w, e->b);
  walk_expr(w, e->c);
  for (size_t i = 0; i < e->arg_count; i++) walk_expr(w, e->args[i]);
  for (size_t i = 0; i < e->ranges.count; i++) {
    walk_expr(w, e->ranges.p[i].lower);
    if (!e->ranges.p[i].is_value) walk_expr(w, e->ranges.p[i].upper);
  }
}
static void walk_let(struct let_walk *w, const struct lang_let *l) {
  struct map_entry *colour = map_put(&w->colours, l->name.text, NULL);
  if (colour->i == LET_BLACK) return;
  if (colour->i == LET_GREY) {
    lang_diagnose(w->c->d, LANG_ERROR, l->name.at, "lang.cycle", "量“%.*s”算到最后要用它自己", "the measure “%.*s” is made of itself", STR_ARG(l->name.text));
    return;
  }
  if (w->depth >= LET_CHAIN_MAX) {
    lang_diagnose(w->c->d, LANG_ERROR, l->name.at, "lang.too_deep", "量套量最多 %d 层", "measures made of measures: %d levels at most", LET_CHAIN_MAX);
    return;
  }
  colour->i = LET_GREY;
  w->depth++;
  walk_expr(w, l->expr);
  for (size_t k = 0; l->tier && k < l->tier->column_count; k++) walk_expr(w, l->tier->columns[k]);
  for (size_t r = 0; l->tier && r < l->tier->row_count; r++) walk_expr(w, l->tier->rows[r].expr);
  w->depth--;
  map_get(&w->colours, l->name.text)->i = LET_BLACK;
}
static void check_let_cycles(struct checker *c) {
  struct let_walk w = {.c = c};
  map_init(&w.colours, c->arena);
  for (size_t i = 0; i < c->lets.n; i++)
    if (c->lets.entries[i].ptr) walk_let(&w, c->lets.entries[i].ptr);
}

static void check_unused(struct checker *c) {
  for (size_t i = 0; i < c->figures.n; i++) {
    const struct lang_figure *f = c->figures.entries[i].ptr;
    if (f && !map_ptr(&c->used, c->figures.entries[i].key))
      lang_diagnostic_repair(c->d, lang_diagnose(c->d, LANG_WARNING, f->name.at, "lang.unused_figure", "参数“%.*s”没有用到：改它不会改变什么", "the figure “%.*s” is not used: changing it changes nothing", STR_ARG(f->name.text)),
                             "规则里写它的名字，不写数，或删去它", "write its name in the rule instead of the number, or delete it");
  }
}

/* Names used where the checker does not walk expressions: spans in flows, lengths of exams … */
static void note_words(struct checker *c) {
  struct lang_lexer x;
  struct arena *scratch = arena_new(LANG_MEMORY_MAX);
  lang_lexer_init(&x, c->arena, c->p->source, NULL);
  x.arena = scratch; /* the tokens of one block at a time */
  for (size_t b = 0; b < c->p->block_count; b++) {
    arena_reset(scratch);
    struct lang_tokens t = lang_lex(&x, c->p->blocks[b].from, c->p->blocks[b].to, c->p->blocks[b].line);
    for (size_t i = 0; i < t.count; i++) {
      const struct lang_figure *f = t.p[i].kind == TK_WORD ? map_ptr(&c->figures, t.p[i].text) : NULL;
      bool declared = i > 0 && t.p[i - 1].kind == TK_WORD && t.p[i - 1].word == LW_FIGURE;
      if (f && !declared) map_set_ptr(&c->used, f->name.text, c);
    }
  }
  arena_free(scratch);
}

static void check_hidden(struct checker *c) {
  u32 line = 1, column = 1;
  struct str s = c->p->source;
  for (size_t at = 0, n; at < s.n; at += n, column++) {
    u32 cp;
    n = str_decode(s, at, &cp);
    if (cp == '\n') {
      line++;
      column = 0;
    } else if (at && lang_is_invisible(cp) && cp != '\r' && !(cp >= 0xFE00 && cp <= 0xFE0F)) {
      lang_diagnose(c->d, LANG_WARNING, (struct lang_span){(u32)at, (u32)(at + n), line, column}, "lang.invisible_character", "这里有一个看不见的字符 U+%04X", "there is an invisible character U+%04X here", cp);
    }
  }
}

static void check_covers(struct checker *c) {
  if (!c->v->covers_known) return;
  for (size_t i = 0; i < c->p->clause_count; i++)
    for (size_t k = 0; k < c->p->clauses[i]->covers.count; k++) {
      struct lang_name *n = &c->p->clauses[i]->covers.p[k];
      if (!c->v->covers_known(c->v->context, n->text))
        lang_diagnose(c->d, LANG_WARNING, n->at, "lang.covers_unknown", "清单里没有条款 %.*s", "the inventory has no clause %.*s", STR_ARG(n->text));
    }
}

static void name_clauses(struct checker *c) {
  for (size_t i = 0; i < c->d->count; i++) {
    struct lang_diagnostic *m = &c->d->items[i];
    for (size_t k = 0; k < c->p->clause_count && !m->clause.n; k++)
      if (m->at.from >= c->p->clauses[k]->from && m->at.from < c->p->clauses[k]->to) m->clause = c->p->clauses[k]->id;
  }
}

enum status lang_check(struct arena *a, struct lang_program *program, const struct lang_vocabulary *v, struct lang_diagnostics *d) {
  struct checker c = {.arena = a, .p = program, .v = v, .d = d};
  size_t first = d->count;
  if (program->unread) return E_INVALID;
  struct map *maps[] = {&c.figures, &c.lets, &c.defines, &c.cases, &c.roles, &c.shifts, &c.scores, &c.checklists, &c.classes, &c.surveys,
                        &c.accounts, &c.kinds, &c.nouns, &c.ids, &c.used};
  for (size_t i = 0; i < COUNT_OF(maps); i++) map_init(maps[i], a);
  for (size_t i = 0; i < v->kind_count; i++) {
    map_set_ptr(&c.kinds, v->kinds[i].zh, (void *)(uintptr_t)&v->kinds[i]);
    map_set_ptr(&c.kinds, v->kinds[i].en, (void *)(uintptr_t)&v->kinds[i]);
  }
  for (size_t i = 0; i < v->noun_count; i++) {
    map_set_ptr(&c.nouns, v->nouns[i].zh, (void *)(uintptr_t)&v->nouns[i]);
    map_set_ptr(&c.nouns, v->nouns[i].en, (void *)(uintptr_t)&v->nouns[i]);
  }
  for (size_t i = 0; i < program->item_count; i++) declare_item(&c, program->items[i]);
  declare_ids(&c);
  check_header(&c);
  check_roles(&c);
  for (size_t i = 0; i < program->item_count; i++) lang_check_item(&c, program->items[i]);
  note_words(&c);
  lang_check_gates(&c);
  lang_check_punishments(&c);
  lang_check_reach(&c);
  check_let_cycles(&c);
  lang_check_settle_order(&c);
  lang_check_strata(&c);
  lang_check_exceptions(&c);
  lang_check_silent(&c);
  check_unused(&c);
  lang_check_prose(&c);
  lang_check_law(&c);
  lang_check_labour(&c);
  check_covers(&c);
  check_hidden(&c);
  lang_drop_follow_ups(&c, first);
  lang_diagnostics_sort(d);
  name_clauses(&c);
  return d->errors ? E_INVALID : OK;
}

enum status lang_read(struct arena *a, struct str source, const struct lang_vocabulary *v, struct lang_program **out, struct lang_diagnostics *d) {
  enum status status = lang_parse(a, source, out, d);
  return status == OK || status == E_INVALID ? lang_check(a, *out, v, d) : status;
}
