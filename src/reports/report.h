/* Reports: named tables of figures with the ids behind each, and the files made of them.
 *
 * The reads here (report.list, report.get, report.csv, settle.xlsx, case.print) form one more view without tables; the program
 * adds it to the nouns' views. A file is answered as {"$file":{"type","name","text"|"base64"}}. */
#ifndef GUIJU_REPORTS_REPORT_H
#define GUIJU_REPORTS_REPORT_H

#include "rules/engine.h"
#include "views/view.h"

/* Reads only; no tables, no fold. */
extern const struct view_def view_report;

struct report_compare {
  bool asked;
  i64 from, to; /* dates, `to` inclusive */
};
/* The span to stand beside [from, to] by compare, compare_from, compare_to: any that is named, else the one of equal length before.
 * E_INVALID when it lacks its first day, is not in order or longer than days_most. */
MUST_CHECK enum status report_compare_span(struct read_ctx *r, const json_t *query, i64 from, i64 to, i64 days_most, struct report_compare *out);

/* A report the rulebook declares, for the dates [from, to], narrowed, beside another span: {"name","title","from","to","columns","rows",
 * "filters","clause","before":{"from","to","rows"}}; a row has `drill` (facts of 明细 columns) and `why` (figures that could not be
 * worked out, or that a filter does not reach); filters: [{"name","value","columns": those it does not reach}]. Needs the engine.
 * E_NOT_FOUND; E_DENIED when it is not given to the actor; E_INVALID when a filter reaches no column. The caller releases *out. */
struct report_book_ask {
  struct str name;
  i64 from, to;
  struct report_compare before;
  struct report_narrow narrow;
  bool english; /* the language of cells: yes, 3 days; figures are the same */
};
MUST_CHECK enum status report_of_book(struct read_ctx *r, const struct report_book_ask *ask, json_t **out);
/* Such an answer made a table: the earlier span's figures behind each column, what a filter does not reach said in the head. */
void report_book_table(json_t *report, bool english);
json_t *report_declared(struct read_ctx *r); /* [{"name","title","every","by","to","columns","clause"}]; the caller releases it */

/* {"name","title","from","to","columns":[{"key","title","title_en","type"}],"rows":[{…}]} as comma-separated text with a byte order mark;
 * in English the heads are title_en where there is one. */
void report_csv(const json_t *report, bool english, struct buf *out);
/* The same as XLSX bytes, one sheet. */
MUST_CHECK enum status report_table_xlsx(const json_t *report, bool english, struct buf *out, struct problem *p);
/* The pay sheet of a month (GET /settle/:month) as XLSX bytes: one row per person, their lines, the clauses that were applied.
 * `title`: of the desk. A month sealed before its lines were kept in both languages has theirs in Chinese, as they were sealed. */
MUST_CHECK enum status report_pay_sheet(const json_t *sheet, struct str title, bool english, struct buf *out, struct problem *p);
/* A case (GET /cases/:id) as a page to print. */
void report_case_html(const json_t *c, struct str desk, bool english, struct buf *out);

/* The result of a trial (rules/trial.h, with names) as comma-separated text, and as XLSX bytes: people, clauses, every line; in
 * Chinese or English. The book's own words (roles, titles) stay as they are. */
void report_trial_csv(const json_t *trial, i64 zone_offset_ms, bool english, struct buf *out);
MUST_CHECK enum status report_trial_xlsx(const json_t *trial, i64 zone_offset_ms, bool english, struct buf *out, struct problem *p);

#endif
