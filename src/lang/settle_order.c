/* Which settlement runs before which: what one books (points, fines, rewards, pay …) another may read, through measures, counts
 * of 账.… or a points account, and must then come after it. The rows of one period run layer by layer; two settlements that
 * read each other have no order, and the checker says so. */
#include "lang/settle_order.h"

enum { SCORES_MAX = 56, DEPTH_MAX = 64 };
enum { BOOK_FINE, BOOK_REWARD, BOOK_SCORE_ANY, BOOK_DISCIPLINE, BOOK_PAY, BOOK_CHARGE, BOOK_SCORES }; /* then one bit a points account */

struct books {
  const struct lang_program *p;
  const struct lang_score *scores[SCORES_MAX];
  size_t score_count;
  u64 reads, writes;
  int depth;
};

static u64 bit(int i) { return (u64)1 << i; }
static u64 all_scores(const struct books *b) { return ((bit((int)b->score_count) - 1) << BOOK_SCORES) | bit(BOOK_SCORE_ANY); }

static u64 score_bit(const struct books *b, struct str name) {
  for (size_t i = 0; i < b->score_count; i++) {
    if (str_eq(b->scores[i]->name.text, name)) return bit(BOOK_SCORES + (int)i);
  }
  return 0;
}

static u64 ledger_bits(const struct books *b, struct str kind) {
  static const struct { const char *zh, *en; int book; } kinds[] = {
      {"账.罚款", "ledger.fined", BOOK_FINE},         {"账.奖励", "ledger.rewarded", BOOK_REWARD},
      {"账.积分", "ledger.scored", BOOK_SCORE_ANY},   {"账.处分", "ledger.disciplined", BOOK_DISCIPLINE},
      {"账.计薪", "ledger.pay_computed", BOOK_PAY},   {"账.收费", "ledger.charged", BOOK_CHARGE}};
  for (size_t i = 0; i < COUNT_OF(kinds); i++) {
    if (!str_starts(kind, str_c(kinds[i].zh)) && !str_starts(kind, str_c(kinds[i].en))) continue;
    return kinds[i].book == BOOK_SCORE_ANY ? all_scores(b) : bit(kinds[i].book);
  }
  return 0;
}

/* ---- reading ---- */

static void read_expr(struct books *b, const struct lang_expr *x);

static void read_ranges(struct books *b, const struct lang_ranges *r) {
  for (size_t i = 0; i < r->count; i++) {
    read_expr(b, r->p[i].lower);
    if (r->p[i].upper != r->p[i].lower) read_expr(b, r->p[i].upper);
  }
}

static void read_tier(struct books *b, const struct lang_tier *t) {
  for (size_t i = 0; t && i < t->column_count; i++) read_expr(b, t->columns[i]);
  for (size_t i = 0; t && i < t->row_count; i++) read_expr(b, t->rows[i].expr);
}

static void read_name(struct books *b, const struct lang_path *path) {
  if (path->count == 0) return;
  b->reads |= ledger_bits(b, path->text) | score_bit(b, path->segments[0]);
  const struct lang_let *let = lang_find_let(b->p, path->segments[0]);
  const struct lang_define *define = lang_find_define(b->p, path->segments[0]);
  if (++b->depth <= DEPTH_MAX) {
    if (let) {
      read_expr(b, let->expr);
      read_tier(b, let->tier);
    }
    for (size_t i = 0; define && i < define->trigger.event_count; i++) read_name(b, &define->trigger.events[i].path);
  }
  b->depth--;
}

static void read_expr(struct books *b, const struct lang_expr *x) {
  if (x == NULL || b->depth > DEPTH_MAX) return;
  if (x->kind == LX_PATH || x->kind == LX_CALL || x->kind == LX_EXISTS || x->kind == LX_LACKS || x->kind == LX_ALL) read_name(b, &x->path);
  read_expr(b, x->a);
  read_expr(b, x->b);
  read_expr(b, x->c);
  for (size_t i = 0; i < x->arg_count; i++) read_expr(b, x->args[i]);
  read_ranges(b, &x->ranges);
}

/* ---- booking ---- */

static void book_acts(struct books *b, const struct lang_act *acts, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const struct lang_act *a = &acts[i];
    read_expr(b, a->amount.from);
    read_expr(b, a->amount.to);
    read_expr(b, a->expr);
    read_expr(b, a->condition);
    switch (a->kind) {
      case LANG_FINE: case LANG_COMPENSATE: b->writes |= bit(BOOK_FINE); break;
      case LANG_REWARD: b->writes |= bit(BOOK_REWARD); break;
      case LANG_DISCIPLINE: case LANG_PROPOSE: b->writes |= bit(BOOK_DISCIPLINE); break;
      case LANG_PAY: b->writes |= bit(BOOK_PAY); break;
      case LANG_CHARGE: b->writes |= bit(BOOK_CHARGE); break;
      case LANG_DEDUCT: case LANG_ADD: b->writes |= a->score.text.n ? score_bit(b, a->score.text) : all_scores(b); break;
      default: break;
    }
    book_acts(b, a->then.p, a->then.count);
    book_acts(b, a->otherwise.p, a->otherwise.count);
  }
}

static void books_of(struct books *b, const struct lang_settle *s) {
  b->reads = b->writes = 0;
  b->depth = 0;
  read_expr(b, s->where);
  for (size_t i = 0; i < s->statement_count; i++) {
    const struct lang_statement *st = &s->statements[i];
    if (st->act) book_acts(b, st->act, 1);
    if (st->tier) read_tier(b, st->tier);
    for (size_t k = 0; st->tier && k < st->tier->row_count; k++) book_acts(b, st->tier->rows[k].acts.p, st->tier->rows[k].acts.count);
  }
}

const struct lang_item *lang_settle_order(struct arena *a, const struct lang_program *p, u32 *layer) {
  struct books b = {.p = p};
  struct { u64 reads, writes; size_t item; } *all = arena_alloc(a, (p->item_count + 1) * sizeof *all);
  size_t n = 0;
  for (size_t i = 0; i < p->item_count; i++) {
    layer[i] = 0;
    if (p->items[i]->kind == LI_SCORE && b.score_count < SCORES_MAX) b.scores[b.score_count++] = p->items[i]->score;
  }
  for (size_t i = 0; i < p->item_count; i++) {
    if (p->items[i]->kind != LI_SETTLE) continue;
    books_of(&b, p->items[i]->settle);
    all[n].reads = b.reads;
    all[n].writes = b.writes;
    all[n++].item = i;
  }
  for (size_t round = 0; round <= n; round++) {
    const struct lang_item *moved = NULL;
    for (size_t i = 0; i < n; i++) {
      for (size_t k = 0; k < n; k++) {
        if (i == k || !(all[i].reads & all[k].writes) || layer[all[i].item] > layer[all[k].item]) continue;
        layer[all[i].item] = layer[all[k].item] + 1;
        moved = p->items[all[i].item];
      }
    }
    if (moved == NULL) return NULL;
    if (round == n) return moved;
  }
  return NULL;
}
