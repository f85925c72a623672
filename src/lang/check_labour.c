/* Two more things labour law looks at: fines beyond any wage, and fines for what somebody else did. They stay warnings: the
 * owner of the book decides, and the settlement keeps the statutory limit whatever the book says. */
#include "lang/checker.h"

#include <string.h>

enum { LARGE_FINE_FEN = 1000000 }; /* 10,000 CNY: more than a fifth of almost any month's wage */

static void look_at(struct checker *c, const struct lang_acts *acts, bool of_a_fine) {
  for (size_t i = 0; i < acts->count; i++) {
    const struct lang_act *a = &acts->p[i];
    struct value v;
    look_at(c, &a->then, of_a_fine);
    look_at(c, &a->otherwise, of_a_fine);
    if (a->kind != LANG_FINE) continue;
    const struct lang_expr *most = a->amount.to ? a->amount.to : a->amount.from;
    if (most && lang_constant(c, most, &v) && v.type == V_MONEY && v.i >= LARGE_FINE_FEN) {
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_WARNING, a->at, "lang.law_large_fine", "罚款高过一般工资：赔偿以实际损失为限，每月只能从工资里扣五分之一", "a fine above an ordinary wage: damages end at the actual loss, and only a fifth of a month's wage may be deducted");
      lang_diagnostic_repair(c->d, m, "写成 赔偿，按查实的损失", "write compensate, by the loss that was established");
    }
    bool superior = a->party.path.count == 1 && a->party.args.count == 1 && (str_is(a->party.path.text, "上级") || str_is(a->party.path.text, "superior"));
    if (of_a_fine && superior) {
      struct lang_diagnostic *m = lang_diagnose(c->d, LANG_WARNING, a->at, "lang.law_joint", "下属受罚就罚上级：上级自己没有过错的，不能罚", "the superior is fined because a subordinate was: nobody may be fined without a fault of his own");
      lang_diagnostic_repair(c->d, m, "改成上级自己的职责，没有做到才罚", "write a duty of the superior's own, and fine its breach");
    }
  }
}

static void look_at_body(struct checker *c, const struct lang_body *b, bool of_a_fine) {
  look_at(c, &b->acts, of_a_fine);
  for (size_t r = 0; b->tier && r < b->tier->row_count; r++) look_at(c, &b->tier->rows[r].acts, of_a_fine);
}

void lang_check_labour(struct checker *c) {
  for (size_t i = 0; i < c->p->item_count; i++) {
    const struct lang_item *item = c->p->items[i];
    if (item->kind == LI_WHEN) {
      bool of_a_fine = false;
      for (size_t k = 0; k < item->when->trigger.event_count; k++) of_a_fine |= str_is(item->when->trigger.events[k].kind, "ledger.fined");
      look_at_body(c, &item->when->body, of_a_fine);
    }
    for (size_t k = 0; item->kind == LI_CHECKLIST && k < item->checklist->row_count; k++) look_at(c, &item->checklist->rows[k].acts, false);
    for (size_t k = 0; k < item->tail_count; k++) look_at_body(c, &item->tails[k].body, false);
  }
}
