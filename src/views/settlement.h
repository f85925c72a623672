/* The settlement of a month: from consequences and base wages to what each person is paid, with the lawful limits applied.
 *
 * Only confirmed deductions and rewards count; pay items (计薪) count unless waived or withdrawn. Nothing is ever deducted beyond
 * the share of gross pay that the book (扣款 不超过 …) or the setting allows, nor below the minimum wage; what is over stays
 * visible as not deducted. After a month is sealed, a later difference posts in the next open month and points back;
 * a deduction that falls then comes back as far as it had been deducted, and what the book carries over (超出 结转) is listed there too. */
#ifndef GUIJU_VIEWS_SETTLEMENT_H
#define GUIJU_VIEWS_SETTLEMENT_H

#include "views/ledger.h"

struct settlement_limit {
  i64 share_num, share_den;
  i64 minimum_fen;
  bool carry_over;
  struct str clause;
};
struct settlement_sums {
  i64 base_fen, pay_fen, reward_fen; /* gross is their sum plus adjust_gross_fen */
  i64 deduct_fen;                    /* confirmed fines and compensation, and later ones of sealed months */
  i64 adjust_gross_fen, refund_fen;  /* differences of sealed months: of pay and rewards; deductions taken back */
  /* computed */
  i64 gross_fen, limit_fen, deducted_fen, not_deducted_fen, net_fen;
};
/* The arithmetic by itself: gross, limit, what is deducted, what is paid. Rounds the limit down to whole fen. */
MUST_CHECK enum status settlement_compute(struct settlement_sums *s, const struct settlement_limit *limit, struct problem *p);

/* The limit in force at a date: the book's, else the settings'. `engine` may be NULL. */
void settlement_limit_at(struct engine *engine, const struct ledger_figures *figures, i64 date, struct settlement_limit *out);

/* The whole sheet as JSON (GET /settle/:month): month, state, checks, rows, adjustments, unconfirmed, items (what a seal would
 * account for), from_ms, to_ms. With `engine`, the pay of a month that is still running is previewed. */
MUST_CHECK enum status settlement_sheet(struct read_ctx *r, const struct show_month *month, json_t **sheet);
/* One person's row as the month page previews it; null when they were not employed then. */
MUST_CHECK enum status settlement_preview(struct read_ctx *r, const struct show_month *month, struct str person, json_t **preview);

#endif
