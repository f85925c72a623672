/* Reports: named tables of figures with the ids behind each, and the files made of them.
 *
 * The reads here (report.list, report.get, report.csv, settle.xlsx, case.print) form one more view without tables; the program
 * adds it to the nouns' views. A file is answered as {"$file":{"type","name","text"|"base64"}}. */
#ifndef GUIJU_REPORTS_REPORT_H
#define GUIJU_REPORTS_REPORT_H

#include "views/view.h"

/* Reads only; no tables, no fold. */
extern const struct view_def view_report;

/* A report the rulebook declares, for the dates [from, to]: {"name","title","from","to","columns","rows","clause"}; a row has
 * `drill` (facts of 明细 columns) and `why` (figures that could not be worked out). Needs the engine. E_NOT_FOUND; E_DENIED when
 * it is not given to the actor. The caller releases *out. */
MUST_CHECK enum status report_of_book(struct read_ctx *r, struct str name, i64 from, i64 to, json_t **out);
json_t *report_declared(struct read_ctx *r); /* [{"name","title","every","by","to","columns","clause"}]; the caller releases it */

/* {"name","title","from","to","columns":[{"key","title","type"}],"rows":[{…}]} as comma-separated text with a byte order mark. */
void report_csv(const json_t *report, struct buf *out);
/* The pay sheet of a month (GET /settle/:month) as XLSX bytes: one row per person, their lines, the clauses that were applied. */
MUST_CHECK enum status report_pay_sheet(const json_t *sheet, struct str title, struct buf *out, struct problem *p);
/* A case (GET /cases/:id) as a page to print. */
void report_case_html(const json_t *c, struct str desk, struct buf *out);

/* The result of a trial (rules/trial.h, with names) as comma-separated text, and as XLSX bytes: people, clauses, every line. */
void report_trial_csv(const json_t *trial, i64 zone_offset_ms, struct buf *out);
MUST_CHECK enum status report_trial_xlsx(const json_t *trial, i64 zone_offset_ms, struct buf *out, struct problem *p);

#endif
