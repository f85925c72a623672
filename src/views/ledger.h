/* The ledger (账) for the floors above: slips as JSON, who may judge, the figures that reach wages. */
#ifndef GUIJU_VIEWS_LEDGER_H
#define GUIJU_VIEWS_LEDGER_H

#include "views/ledger.sql.h"
#include "views/party.h"
#include "views/show.h"

enum { LEDGER_APPEAL_DAYS_DEFAULT = 3, LEDGER_DEDUCT_PERCENT_DEFAULT = 20 };

/* A slip of the API and the feed from a row, or straight from the engine's report. `people` may be NULL. */
json_t *ledger_slip_json(struct arena *a, const struct lang_program *program, const struct show_people *people, const struct consequence_get_row *row, i64 appeal_days);
json_t *ledger_slip_of(struct arena *a, const struct lang_program *program, const struct consequence *c);

/* Is it something a person has on their account (and not a reminder, a derived fact, a case to be opened)? */
bool ledger_is_slip(struct str type);
bool ledger_is_money(struct str type);   /* fine, reward, compensate, pay */
bool ledger_takes_away(struct str type); /* fine, compensate, charge */

/* May the actor confirm, waive or rule on it: above the subject, or the role that sets the amount; never the subject. */
bool ledger_may_judge(const struct party_desk *desk, const struct actor *actor, const struct consequence_get_row *row);

/* Is it their own, or somebody's below them? */
bool ledger_may_see(struct read_ctx *r, const struct party_desk *desk, struct str person);

struct ledger_figures {
  i64 minimum_wage_fen; /* 0: not set */
  i64 deduct_percent;   /* where the book names no limit */
  i64 appeal_days;
};
MUST_CHECK enum status ledger_figures(struct store *s, struct arena *a, struct ledger_figures *out, struct problem *p);

/* Reads. */
enum status ledger_read_month(struct read_ctx *r, json_t *query, json_t **result);
enum status ledger_read_why(struct read_ctx *r, json_t *query, json_t **result);
enum status ledger_read_proof(struct read_ctx *r, json_t *query, json_t **result); /* ledger_proof.c */
enum status ledger_read_fund(struct read_ctx *r, json_t *query, json_t **result);
enum status ledger_read_open(struct read_ctx *r, json_t *query, json_t **result);
enum status ledger_read_settle(struct read_ctx *r, json_t *query, json_t **result);
enum status ledger_read_settings(struct read_ctx *r, json_t *query, json_t **result);
/* Slips that wait for a person with the role, newest first; those the actor may judge first. */
MUST_CHECK enum status ledger_open_slips(struct read_ctx *r, i64 most, bool only_mine, json_t **items);

#endif
