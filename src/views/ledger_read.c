/* A person's month, the why of a slip, the fund box and the settlement, as the pages show them. Own figures are open to everybody;
 * other people's to those above them. */
#include "views/ledger.h"

#include "base/calendar.h"
#include "lang/diagnostic.h"
#include "views/conversation.sql.h"
#include "views/duty.h"
#include "views/order.sql.h"
#include "views/people.sql.h"
#include "views/rulebook.h"
#include "views/rulebook.sql.h"
#include "views/settlement.h"

enum { OPEN_SLIPS_MOST = 500, QUOTE_CHARS = 40 };

#define SLIP_ROW(row) ((const struct consequence_get_row *)(const void *)(row))
_Static_assert(sizeof(struct consequence_get_row) == sizeof(struct consequence_proposed_row) && sizeof(struct consequence_get_row) == sizeof(struct consequence_month_row),
               "consequence queries share their columns");

bool ledger_may_see(struct read_ctx *r, const struct party_desk *desk, struct str person) {
  if (r->actor.owner || r->actor.type == ACTOR_SYSTEM || r->actor.type == ACTOR_KEY || str_eq(person, r->actor.id)) return true;
  return party_person_above(desk, r->actor.id, person);
}

/* ---- my month ----------------------------------------------------------------------------------------------------------- */

struct accounts {
  struct read_ctx *r;
  json_t *list;
};
static json_t *points_json(struct read_ctx *r, i64 points) {
  return show_text(arena_printf(r->arena, "%s%s", points < 0 ? "−" : "", money_text(r->arena, points < 0 ? -points : points).p));
}
static void put_account(void *ctx, const struct points_account *a) {
  struct accounts *k = ctx;
  json_array_append_new(k->list, json_pack("{s:o,s:o,s:o}", "name", show_text(a->name), "start", points_json(k->r, a->start), "left", points_json(k->r, a->left)));
}

/* What is left on the person's points accounts: at the end of the month, or now while it runs. */
static json_t *accounts_json(struct read_ctx *r, const struct show_month *month, struct str person) {
  struct accounts k = {r, json_array()};
  i64 at = r->now_ms < month->to_ms ? r->now_ms : month->to_ms - 1;
  if (r->engine && at >= month->from_ms) engine_each_account(r->engine, person, at, put_account, &k);
  return k.list;
}

static json_t *totals_json(struct read_ctx *r, const struct consequence_month_row *rows, size_t count, const json_t *preview) {
  i64 reward = 0, fine = 0, open = 0;
  for (size_t i = 0; i < count; i++) {
    bool gone = str_is(rows[i].seal, "withdrawn") || str_is(rows[i].seal, "waived"), confirmed = str_is(rows[i].seal, "confirmed");
    if (gone) continue;
    if (str_is(rows[i].type, "reward") && confirmed) reward += rows[i].fen;
    if (str_is(rows[i].type, "fine") || str_is(rows[i].type, "compensate")) *(confirmed ? &fine : &open) += rows[i].fen;
  }
  json_t *o = json_object();
  show_put_int(o, "reward_fen", reward);
  show_put_int(o, "fine_confirmed_fen", fine);
  show_put_int(o, "fine_open_fen", open);
  json_object_set_new(o, "pay_fen", json_integer(json_integer_value(json_object_get(preview, "pay_fen"))));
  return o;
}

static enum status days_json(struct read_ctx *r, const struct show_month *month, struct str person, json_t **out) {
  enum status status = OK;
  struct shift_of_person_row *rows = NULL;
  struct attendance_fact_range_row *facts = NULL;
  size_t count = 0, fact_count = 0;
  struct shift_of_person_in in = {.person = person, .from_date = month->first, .to_date = date_add_months(month->first, 1) - 1};
  struct attendance_fact_range_in fin = {.from_ms = month->from_ms, .to_ms = month->to_ms};
  *out = json_array();
  TRY(shift_of_person(r->store, r->arena, &in, &rows, &count, r->problem));
  TRY(attendance_fact_range(r->store, r->arena, &fin, &facts, &fact_count, r->problem));
  for (size_t i = 0; i < count; i++) {
    json_t *d = json_object(), *marks = json_array();
    for (size_t k = 0; k < fact_count; k++)
      if (str_eq(facts[k].person, person) && facts[k].at_ms >= rows[i].start_ms - 6 * (i64)MS_HOUR && facts[k].at_ms <= rows[i].end_ms + 12 * (i64)MS_HOUR)
        json_array_append_new(marks, show_text(facts[k].kind));
    json_object_set_new(d, "date", show_date(r->arena, rows[i].date));
    show_put_text(d, "shift", rows[i].name);
    show_put_text(d, "type", rows[i].class);
    json_object_set_new(d, "worked", json_boolean(rows[i].has_in_ms));
    json_object_set_new(d, "in_ms", show_int_or_null(rows[i].has_in_ms, rows[i].in_ms));
    json_object_set_new(d, "out_ms", show_int_or_null(rows[i].has_out_ms, rows[i].out_ms));
    json_object_set_new(d, "marks", json_integer((json_int_t)json_array_size(marks)));
    json_object_set_new(d, "facts", marks);
    json_array_append_new(*out, d);
  }
done:
  return status;
}

static enum status person_json(struct read_ctx *r, struct str id, json_t **out) {
  struct people_get_row *row = NULL;
  struct people_get_in in = {.id = id};
  enum status status = people_get(r->store, r->arena, &in, &row, r->problem);
  if (status != OK) return status;
  if (!row) return problem_set(r->problem, E_NOT_FOUND, "people.unknown", "没有这个人", "There is no such person");
  *out = json_pack("{s:o,s:o,s:o,s:o}", "id", show_text(row->id), "name", show_text(row->name), "job_number", show_text(row->job_number), "role", show_text(row->role));
  return OK;
}

static void mark_limited(struct read_ctx *r, json_t *slips, const json_t *sheet) {
  size_t i, k;
  json_t *slip, *item;
  (void)r;
  json_array_foreach(slips, i, slip) {
    json_array_foreach(json_object_get(sheet, "items"), k, item) {
      if (!json_equal(json_object_get(item, "id"), json_object_get(slip, "id"))) continue;
      i64 fen = json_integer_value(json_object_get(item, "fen")), got = json_integer_value(json_object_get(item, "collected"));
      if (fen > got && fen > 0) {
        json_object_set_new(slip, "seal", json_string("limited"));
        json_object_set_new(slip, "collected_fen", json_integer(got));
      }
    }
  }
}

/* The sheet of a sealed month as it was sealed; NULL when it is not. */
static enum status sealed_sheet(struct read_ctx *r, const struct show_month *month, json_t **sheet) {
  struct month_sealed_get_row *row = NULL;
  struct month_sealed_get_in in = {.month = month->name};
  *sheet = NULL;
  enum status status = month_sealed_get(r->store, r->arena, &in, &row, r->problem);
  if (status != OK || !row) return status;
  *sheet = show_stored(row->sheet, json_object());
  json_object_set_new(*sheet, "state", json_string("sealed"));
  show_put_int(*sheet, "sealed_ms", row->sealed_ms);
  show_put_text(*sheet, "sealed_by", row->by_person);
  return OK;
}

static json_t *sheet_row(const json_t *sheet, struct str person) {
  size_t i;
  json_t *row;
  json_array_foreach(json_object_get(sheet, "rows"), i, row)
    if (str_eq(str_c(json_string_value(json_object_get(row, "person"))), person)) return json_incref(row);
  return json_null();
}

static enum status month_preview(struct read_ctx *r, const struct show_month *month, struct str person, json_t *sheet, json_t **preview) {
  if (!sheet) return settlement_preview(r, month, person, preview);
  *preview = sheet_row(sheet, person);
  return OK;
}

static enum status month_slips(struct read_ctx *r, const struct show_month *month, struct str person, json_t *out, json_t *sheet, const json_t *preview) {
  enum status status = OK;
  struct consequence_month_row *rows = NULL;
  size_t count = 0;
  struct show_people people;
  struct ledger_figures figures;
  struct consequence_month_in in = {.subject = person, .from_ms = month->from_ms, .to_ms = month->to_ms};
  json_t *slips = json_array();
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(ledger_figures(r->store, r->arena, &figures, r->problem));
  TRY(consequence_month(r->store, r->arena, &in, &rows, &count, r->problem));
  for (size_t i = count; i-- > 0;)
    if (ledger_is_slip(rows[i].type)) json_array_append_new(slips, ledger_slip_json(r->arena, r->program, &people, SLIP_ROW(&rows[i]), figures.appeal_days));
  if (sheet) mark_limited(r, slips, sheet);
  json_object_set(out, "slips", slips);
  json_object_set_new(out, "totals", totals_json(r, rows, count, preview));
  json_object_set_new(json_object_get(out, "totals"), "points", accounts_json(r, month, person));
done:
  json_decref(slips);
  return status;
}

enum status ledger_read_month(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct show_month month;
  struct party_desk desk;
  json_t *out = json_object(), *sheet = NULL, *preview = NULL, *person_o = NULL, *days = NULL;
  struct str person = show_arg(r->arena, query, "person");
  if (!person.n || str_is(person, "me")) person = r->actor.id;
  TRY(show_month_parse(r->arena, show_arg(r->arena, query, "month"), r->now_ms, r->zone_offset_ms, &month, r->problem));
  TRY(party_load(r->store, r->arena, r->program, &desk, r->problem));
  if (!ledger_may_see(r, &desk, person)) TRY(problem_set(r->problem, E_DENIED, "ledger.not_yours", "别人的账只有他的上级看得到", "Only people above somebody see their ledger"));
  TRY(person_json(r, person, &person_o));
  TRY(sealed_sheet(r, &month, &sheet));
  TRY(month_preview(r, &month, person, sheet, &preview));
  TRY(month_slips(r, &month, person, out, sheet, preview));
  TRY(days_json(r, &month, person, &days));
  show_put_text(out, "month", month.name);
  json_object_set_new(out, "sealed", json_boolean(sheet != NULL));
  json_object_set(out, "person", person_o);
  json_object_set(out, "preview", preview);
  json_object_set(out, "days", days);
  json_object_set_new(out, "settle_date", show_date(r->arena, date_add_months(month.first, 1)));
  *result = json_incref(out);
done:
  json_decref(out);
  json_decref(sheet);
  json_decref(preview);
  json_decref(person_o);
  json_decref(days);
  return status;
}

/* ---- why ------------------------------------------------------------------------------------------------------------------ */

static json_t *figures_json(struct read_ctx *r, const struct lang_program *p, const struct lang_clause *clause, i64 at_ms) {
  json_t *list = json_array();
  if (!clause) return list;
  struct str words = str_slice(p->source, clause->from, clause->to);
  for (size_t i = 0; i < p->item_count; i++) {
    const struct lang_item *item = p->items[i];
    if (item->kind != LI_FIGURE || str_find(words, item->figure->name.text, 0) == SIZE_MAX) continue;
    const struct lang_expr *e = lang_figure_on(item->figure, instant_date(at_ms, r->zone_offset_ms));
    if (e) json_array_append_new(list, json_pack("{s:o,s:o}", "name", show_text(item->figure->name.text), "value", show_text(str_trim(lang_text(p, e->at)))));
  }
  return list;
}

static bool is_version(const struct lang_program *p, struct arena *a, struct str version) {
  return p && p->header && str_eq(arena_printf(a, "%d.%d", p->header->major, p->header->minor), version);
}

/* The words that judged, not those of today: the text of that version is read again when another one is in force. */
static enum status why_clause(struct read_ctx *r, const struct consequence_get_row *row, json_t *out) {
  struct rulebook_version_get_row *version = NULL;
  struct rulebook_version_get_in in = {.version = row->version};
  enum status status = rulebook_version_get(r->store, r->arena, &in, &version, r->problem);
  if (status != OK) return status;
  const struct lang_program *p = r->program;
  struct arena *old = NULL;
  if (version && !is_version(p, r->arena, row->version)) {
    struct lang_program *then = NULL;
    struct lang_diagnostics d;
    old = arena_new(2 * (size_t)LANG_MEMORY_MAX);
    lang_diagnostics_init(&d, old);
    if (lang_parse(old, version->source, &then, &d) == OK) p = then;
  }
  const struct lang_clause *clause = p ? lang_find_clause(p, row->clause) : NULL;
  json_t *o = show_clause(p, row->clause);
  if (!json_is_object(o)) o = json_object();
  show_put_text(o, "prose", clause ? str_trim(clause->prose) : STR(""));
  show_put_text(o, "version", row->version);
  json_object_set_new(o, "in_force_from", show_int_or_null(version != NULL, version ? rulebook_in_force(r, version->in_force_ms) : 0));
  show_put_text(o, "tag", row->tag);
  show_put_text(o, "covers", row->covers);
  json_object_set_new(o, "figures", figures_json(r, p, clause, row->occurred_ms));
  json_object_set_new(out, "clause", o);
  if (old) arena_free(old);
  return OK;
}

static const char *counts_of(const char *role) {
  struct str s = str_c(role);
  if (str_is(s, "start") || str_is(s, "stop") || str_is(s, "counted") || str_is(s, "not_counted")) return role;
  return str_is(s, "context") ? "not_counted" : "counted";
}

static json_t *link_json(struct read_ctx *r, const struct consequence_get_row *row) {
  if (!row->object.n) return json_null();
  const char *path = str_is(row->object_noun, "conversation") ? "/desk/" : str_is(row->object_noun, "case") ? "/cases/" : "/orders?q=";
  return show_text(arena_printf(r->arena, "%s%.*s", path, STR_ARG(row->object)));
}

/* One line of what was said, cut after QUOTE_CHARS characters. */
static struct str quote(struct arena *a, struct str s) {
  size_t at = 0, chars = 0;
  u32 cp = 0;
  s = str_trim(s);
  while (at < s.n && chars < QUOTE_CHARS && s.p[at] != '\n') {
    at += str_decode(s, at, &cp);
    chars++;
  }
  return at < s.n ? arena_printf(a, "%.*s…", (int)at, s.p) : s;
}

/* “小王备注：…” in place of “小王备注”. */
static void say_noted(struct read_ctx *r, struct str name, struct str text, json_t *o) {
  struct str said = quote(r->arena, text);
  if (!said.n) return;
  json_object_set_new(o, "text", show_text(arena_printf(r->arena, "%.*s备注：“%.*s”", STR_ARG(name), STR_ARG(said))));
  json_object_set_new(o, "text_en", show_text(arena_printf(r->arena, "%.*s noted: “%.*s”", STR_ARG(name), STR_ARG(said))));
}

static enum status order_noted_said(struct read_ctx *r, const struct show_people *people, struct str order, struct str event, json_t *o) {
  struct order_note_of_event_row *n = NULL;
  enum status status = order_note_of_event(r->store, r->arena, &(struct order_note_of_event_in){.order_id = order, .id = event}, &n, r->problem);
  if (status == OK && n) say_noted(r, show_name(people, n->person), n->text, o);
  return status;
}

/* What a message said before its change number `after` (0: at first): a judgement is about the wording of then, not of now. */
static enum status wording(struct read_ctx *r, struct str message, i64 after, struct str now, struct str *out) {
  struct message_edits_row *rows = NULL;
  size_t n = 0;
  enum status status = message_edits(r->store, r->arena, &(struct message_edits_in){.message = message}, &rows, &n, r->problem);
  *out = now;
  for (size_t i = n; status == OK && i-- > 0 && rows[i].seq > after;) *out = rows[i].text;
  return status;
}

/* “小王改成：…” for the event of a change. */
static enum status change_said(struct read_ctx *r, const struct show_people *people, struct str conversation, struct str event, json_t *o) {
  struct message_edit_of_row *edit = NULL;
  struct message_of_event_row *m = NULL;
  struct str said = STR("");
  i64 seq = 0;
  enum status status = OK;
  if (event.n < 2 || event.p[0] != 'e' || !str_to_i64(str_slice(event, 1, event.n), &seq)) return OK;
  TRY(message_edit_of(r->store, r->arena, &(struct message_edit_of_in){.seq = seq}, &edit, r->problem));
  if (!edit) return OK;
  TRY(message_of_event(r->store, r->arena, &(struct message_of_event_in){.conversation = conversation, .id = edit->message}, &m, r->problem));
  if (!m || str_is(m->by_type, "note") || str_is(m->by_type, "whisper")) return OK;
  TRY(wording(r, edit->message, seq, m->text, &said));
  said = quote(r->arena, said);
  if (!said.n) return OK;
  json_object_set_new(o, "text", show_text(arena_printf(r->arena, "%.*s把这条改成：“%.*s”", STR_ARG(show_name(people, m->by_id)), STR_ARG(said))));
  json_object_set_new(o, "text_en", show_text(arena_printf(r->arena, "%.*s changed it to: “%.*s”", STR_ARG(show_name(people, m->by_id)), STR_ARG(said))));
done:
  return status;
}

/* The words of a message or a note in place of “小王回复”; what the engine said stays when the event is neither. */
static enum status evidence_said(struct read_ctx *r, const struct show_people *people, const struct consequence_get_row *row, json_t *o) {
  struct message_of_event_row *m = NULL;
  struct message_of_event_in in = {.conversation = row->object, .id = show_arg(r->arena, o, "event")};
  if (str_is(row->object_noun, "order") && in.id.n) return order_noted_said(r, people, row->object, in.id, o);
  if (!str_is(row->object_noun, "conversation") || !in.id.n) return OK;
  enum status status = message_of_event(r->store, r->arena, &in, &m, r->problem);
  if (status == OK && !m) return change_said(r, people, row->object, in.id, o);
  struct str said = STR("");
  if (status == OK) status = wording(r, in.id, 0, m->text, &said);
  if (status != OK) return status;
  said = quote(r->arena, said);
  struct str name = show_name(people, m->by_id), zh, en;
  if (!said.n) return OK;
  if (str_is(m->by_type, "customer")) {
    zh = arena_printf(r->arena, "顾客：“%.*s”", STR_ARG(said));
    en = arena_printf(r->arena, "Customer: “%.*s”", STR_ARG(said));
  } else if (str_is(m->by_type, "auto")) {
    zh = arena_printf(r->arena, "自动回复，不算：“%.*s”", STR_ARG(said));
    en = arena_printf(r->arena, "automatic reply, does not count: “%.*s”", STR_ARG(said));
  } else if (str_is(m->by_type, "agent")) {
    zh = arena_printf(r->arena, "%.*s回复：“%.*s”", STR_ARG(name), STR_ARG(said));
    en = arena_printf(r->arena, "%.*s: “%.*s”", STR_ARG(name), STR_ARG(said));
  } else {
    if (str_is(m->by_type, "note")) say_noted(r, name, m->text, o);
    return OK;
  }
  json_object_set_new(o, "text", show_text(zh));
  json_object_set_new(o, "text_en", show_text(en));
  return OK;
}

static enum status why_evidence(struct read_ctx *r, const struct show_people *people, const struct consequence_get_row *row, json_t *out) {
  enum status status = OK;
  json_t *stored = show_stored(row->evidence, json_array()), *list = json_array(), *sums = show_stored(row->arithmetic, json_array()), *lines = json_array();
  size_t i;
  json_t *e;
  json_array_foreach(stored, i, e) {
    json_t *o = json_object();
    json_object_set(o, "at", json_object_get(e, "at"));
    json_object_set(o, "kind", json_object_get(e, "kind"));
    json_object_set(o, "event", json_object_get(e, "event"));
    json_object_set(o, "text", json_object_get(e, "zh"));
    json_object_set(o, "text_en", json_object_get(e, "en"));
    json_object_set_new(o, "counts", json_string(counts_of(json_string_value(json_object_get(e, "role")))));
    json_object_set(o, "role", json_object_get(e, "role"));
    json_object_set_new(o, "link", link_json(r, row));
    if (status == OK) status = evidence_said(r, people, row, o);
    json_array_append_new(list, o);
  }
  json_array_foreach(sums, i, e) {
    json_t *o = json_object();
    json_object_set(o, "text", json_object_get(e, "zh"));
    json_object_set(o, "value", json_object_get(e, "value_zh"));
    json_object_set(o, "text_en", json_object_get(e, "en"));
    json_object_set(o, "value_en", json_object_get(e, "value_en"));
    json_array_append_new(lines, o);
  }
  json_object_set_new(out, "evidence", list);
  json_object_set_new(out, "arithmetic", lines);
  json_decref(stored);
  json_decref(sums);
  return status;
}

static void next_step(json_t *list, i64 at, bool has_at, struct str zh, struct str en, const char *state) {
  json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:s}", "at", show_int_or_null(has_at, at), "text", show_text(zh), "text_en", show_text(en), "state", state));
}

static struct str who_judges(struct read_ctx *r, const struct party_desk *desk, const struct consequence_get_row *row, bool english) {
  if (row->decided_by.n) return row->decided_by;
  struct str above = party_superior_of(desk, row->subject);
  const struct party_person *p = above.n ? party_person(desk, above) : NULL;
  return p ? p->name : english ? STR("the superior") : STR("上级");
}

static const char *judgement_en(struct str what) {
  static const char *const words[][2] = {{"确认", "confirmed it"}, {"免除", "waived it"}, {"减为", "reduced it to"}, {"定为", "set it to"}, {"申诉", "appealed"},
                                         {"申诉成立", "upheld the appeal"}, {"申诉不成立", "rejected the appeal"}};
  for (size_t i = 0; i < COUNT_OF(words); i++)
    if (str_is(what, words[i][0])) return words[i][1];
  return "judged it";
}

static void next_judged(struct read_ctx *r, const struct show_people *people, const struct judgement_of_row *j, json_t *list) {
  struct str name = show_name(people, j->by_person), fen = j->has_fen ? money_text(r->arena, j->fen) : STR("");
  struct str zh = arena_printf(r->arena, "%.*s%.*s", STR_ARG(name), STR_ARG(j->what)), en = arena_printf(r->arena, "%.*s %s", STR_ARG(name), judgement_en(j->what));
  if (fen.n) {
    zh = arena_printf(r->arena, "%.*s %.*s 元", STR_ARG(zh), STR_ARG(fen));
    en = arena_printf(r->arena, "%.*s CNY %.*s", STR_ARG(en), STR_ARG(fen));
  }
  if (j->reason.n) {
    zh = arena_printf(r->arena, "%.*s：%.*s", STR_ARG(zh), STR_ARG(j->reason));
    en = arena_printf(r->arena, "%.*s: %.*s", STR_ARG(en), STR_ARG(j->reason));
  }
  next_step(list, j->at_ms, true, zh, en, "done");
}

static enum status why_next(struct read_ctx *r, const struct party_desk *desk, const struct show_people *people, const struct consequence_get_row *row, i64 appeal_days, json_t *out) {
  struct judgement_of_row *rows = NULL;
  size_t count = 0;
  struct judgement_of_in in = {.consequence = row->id};
  enum status status = judgement_of(r->store, r->arena, &in, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++) next_judged(r, people, &rows[i], list);
  i64 until = row->occurred_ms + appeal_days * MS_DAY;
  struct str judge = who_judges(r, desk, row, false), judge_en = who_judges(r, desk, row, true);
  if (str_is(row->seal, "proposed"))
    next_step(list, 0, false, arena_printf(r->arena, "等%.*s确认；确认之前不进工资单", STR_ARG(judge)),
              arena_printf(r->arena, "waits for %.*s to confirm; until then it is not on the pay sheet", STR_ARG(judge_en)), "pending");
  if (str_is(row->seal, "open"))
    next_step(list, 0, false, arena_printf(r->arena, "等%.*s在范围里定数", STR_ARG(judge)), arena_printf(r->arena, "waits for %.*s to set an amount in the range", STR_ARG(judge_en)), "pending");
  if (str_is(row->seal, "appealed"))
    next_step(list, 0, false, arena_printf(r->arena, "等%.*s裁定申诉", STR_ARG(judge)), arena_printf(r->arena, "waits for %.*s to rule on the appeal", STR_ARG(judge_en)), "pending");
  if (ledger_takes_away(row->type) && (str_is(row->seal, "proposed") || str_is(row->seal, "confirmed"))) {
    bool still = r->now_ms <= until;
    next_step(list, until, true, still ? STR("在这之前可以申诉") : STR("申诉期已过"), still ? STR("appeals are taken until then") : STR("the time for appeals is over"), still ? "open" : "closed");
  }
  if (str_is(row->seal, "withdrawn")) next_step(list, 0, false, STR("依据的事实已不成立，这一条撤销"), STR("the facts it rested on no longer stand; it is withdrawn"), "done");
  json_object_set_new(out, "next", list);
  return OK;
}

enum status ledger_read_why(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct consequence_get_row *row = NULL;
  struct party_desk desk;
  struct show_people people;
  struct ledger_figures figures;
  json_t *out = json_object();
  struct consequence_get_in in = {.id = show_arg(r->arena, query, "id")};
  TRY(consequence_get(r->store, r->arena, &in, &row, r->problem));
  if (!row) TRY(problem_set(r->problem, E_NOT_FOUND, "ledger.unknown", "没有这一条账", "There is no such entry"));
  TRY(party_load(r->store, r->arena, r->program, &desk, r->problem));
  if (!ledger_may_see(r, &desk, row->subject) && !ledger_may_judge(&desk, &r->actor, row))
    TRY(problem_set(r->problem, E_DENIED, "ledger.not_yours", "别人的账只有他的上级看得到", "Only people above somebody see their ledger"));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(ledger_figures(r->store, r->arena, &figures, r->problem));
  json_object_set_new(out, "slip", ledger_slip_json(r->arena, r->program, &people, row, figures.appeal_days));
  TRY(why_clause(r, row, out));
  TRY(why_evidence(r, &people, row, out));
  TRY(why_next(r, &desk, &people, row, figures.appeal_days, out));
  json_object_set_new(out, "avoid", show_text_or_null(row->avoid_zh));
  json_object_set_new(out, "avoid_en", show_text_or_null(row->avoid_en));
  json_object_set_new(out, "cause", show_text_or_null(row->cause));
  json_object_set_new(out, "may_judge", json_boolean(ledger_may_judge(&desk, &r->actor, row)));
  bool own = str_eq(row->subject, r->actor.id), live = str_is(row->seal, "proposed") || str_is(row->seal, "confirmed");
  json_object_set_new(out, "may_appeal", json_boolean(own && live && r->now_ms <= row->occurred_ms + figures.appeal_days * MS_DAY));
  *result = json_incref(out);
done:
  json_decref(out);
  return status;
}

/* ---- waiting slips ------------------------------------------------------------------------------------------------------------ */

enum status ledger_open_slips(struct read_ctx *r, i64 most, bool only_mine, json_t **items) {
  enum status status = OK;
  struct consequence_proposed_row *rows = NULL;
  size_t count = 0;
  struct party_desk desk;
  struct show_people people;
  struct ledger_figures figures;
  *items = json_array();
  TRY(party_load(r->store, r->arena, r->program, &desk, r->problem));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(ledger_figures(r->store, r->arena, &figures, r->problem));
  /* Mostly the newest few fill the page; only whom little concerns makes all of them be looked at. */
  for (i64 look = only_mine ? OPEN_SLIPS_MOST : most * 2;; look = OPEN_SLIPS_MOST) {
    struct consequence_proposed_in in = {.most = look < OPEN_SLIPS_MOST ? look : OPEN_SLIPS_MOST};
    TRY(consequence_proposed(r->store, r->arena, &in, &rows, &count, r->problem));
    json_array_clear(*items);
    for (size_t i = 0; i < count && (i64)json_array_size(*items) < most; i++) {
      bool mine = ledger_may_judge(&desk, &r->actor, SLIP_ROW(&rows[i]));
      if (only_mine && !mine) continue;
      if (!mine && !ledger_may_see(r, &desk, rows[i].subject)) continue;
      json_t *slip = ledger_slip_json(r->arena, r->program, &people, SLIP_ROW(&rows[i]), figures.appeal_days);
      json_object_set_new(slip, "may_judge", json_boolean(mine));
      json_array_append_new(*items, slip);
    }
    if ((i64)json_array_size(*items) >= most || (i64)count < in.most || in.most == OPEN_SLIPS_MOST) break;
  }
done:
  return status;
}

enum status ledger_read_open(struct read_ctx *r, json_t *query, json_t **result) {
  json_t *items = NULL;
  enum status status = ledger_open_slips(r, show_arg_int(query, "limit", 100, 1, OPEN_SLIPS_MOST), json_is_true(json_object_get(query, "mine")) || show_arg(r->arena, query, "mine").n > 0, &items);
  if (status == OK) *result = json_pack("{s:O,s:n}", "items", items, "next");
  json_decref(items);
  return status;
}

/* ---- fund box -------------------------------------------------------------------------------------------------------------- */

static const struct lang_item *account_item(const struct lang_program *program, struct str name) {
  for (size_t i = 0; program && i < program->item_count; i++)
    if (program->items[i]->kind == LI_ACCOUNT && (!name.n || str_eq(program->items[i]->account->name.text, name))) return program->items[i];
  return NULL;
}

static json_t *fund_entry(struct read_ctx *r, const struct show_people *people, struct str id, i64 at, i64 fen, struct str text, struct str person, bool by) {
  json_t *o = json_object();
  show_put_text(o, "id", id);
  show_put_int(o, "at", at);
  show_put_int(o, "fen", fen);
  show_put_text(o, "text", text);
  json_object_set_new(o, by ? "by_name" : "person_name", show_text(show_name(people, person)));
  json_object_set_new(o, "link", by ? json_null() : show_text(arena_printf(r->arena, "/why/%.*s", STR_ARG(id))));
  return o;
}

/* In: confirmed fines of the account. Out: what its keeper spent, and what the law kept from being deducted. */
static enum status fund_entries(struct read_ctx *r, struct str account, json_t *entries, i64 *balance) {
  enum status status = OK;
  struct show_people people;
  struct consequence_account_row *in_rows = NULL;
  struct sealed_item_not_collected_row *limited = NULL;
  struct fund_move_of_row *moves = NULL;
  size_t in_count = 0, limited_count = 0, move_count = 0;
  struct consequence_account_in ain = {.account = account};
  struct sealed_item_not_collected_in lin = {.account = account};
  struct fund_move_of_in min = {.account = account};
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(consequence_account(r->store, r->arena, &ain, &in_rows, &in_count, r->problem));
  TRY(sealed_item_not_collected(r->store, r->arena, &lin, &limited, &limited_count, r->problem));
  TRY(fund_move_of(r->store, r->arena, &min, &moves, &move_count, r->problem));
  for (size_t i = 0; i < in_count; i++) {
    *balance += in_rows[i].fen;
    json_array_append_new(entries, fund_entry(r, &people, in_rows[i].id, in_rows[i].occurred_ms, in_rows[i].fen, in_rows[i].text_zh, in_rows[i].subject, false));
  }
  for (size_t i = 0; i < limited_count; i++) {
    i64 fen = limited[i].fen - limited[i].collected_fen;
    *balance -= fen;
    json_array_append_new(entries, fund_entry(r, &people, limited[i].consequence, 0, -fen, arena_printf(r->arena, "%.*s 法定上限未扣", STR_ARG(limited[i].month)), limited[i].person, false));
  }
  for (size_t i = 0; i < move_count; i++) {
    *balance += moves[i].fen;
    json_array_append_new(entries, fund_entry(r, &people, moves[i].event, moves[i].at_ms, moves[i].fen, moves[i].purpose, moves[i].by_person, true));
  }
done:
  return status;
}

/* 公开: who may look into it. Where nothing is said the keepers may; where nobody keeps it either, everybody. */
static bool fund_is_open(struct read_ctx *r, const struct party_desk *desk, const struct lang_account *account) {
  struct party_matter m = {.actor = r->actor.id};
  bool may = r->actor.owner || account->open_to.count + account->kept_by.count == 0;
  for (size_t i = 0; i < account->kept_by.count; i++) may |= party_includes(desk, &account->kept_by.p[i], &m, r->actor.id);
  for (size_t i = 0; i < account->open_to.count; i++) may |= party_includes(desk, &account->open_to.p[i], &m, r->actor.id);
  return may;
}

enum status ledger_read_fund(struct read_ctx *r, json_t *query, json_t **result) {
  struct party_desk desk;
  i64 balance = 0;
  const struct lang_item *item = account_item(r->program, show_arg(r->arena, query, "account"));
  if (!item) return problem_set(r->problem, E_NOT_FOUND, "fund.none", "制度里没有设基金", "The rulebook has no fund box");
  enum status status = party_load(r->store, r->arena, r->program, &desk, r->problem);
  if (status == OK && !fund_is_open(r, &desk, item->account)) {
    struct str whom = lang_text(r->program, item->account->open_to.count ? item->account->open_to.p[0].at : item->account->kept_by.p[0].at);
    return problem_set(r->problem, E_DENIED, "fund.not_open", "这个账户只对%.*s公开", "This account is open to %.*s only", STR_ARG(whom));
  }
  json_t *entries = json_array();
  if (status == OK) status = fund_entries(r, item->account->name.text, entries, &balance);
  if (status == OK) {
    struct party_matter m = {.actor = r->actor.id};
    bool may = r->actor.owner;
    for (size_t i = 0; i < item->account->kept_by.count; i++) may |= party_includes(&desk, &item->account->kept_by.p[i], &m, r->actor.id);
    json_t *purpose = json_array();
    for (size_t i = 0; i < item->account->purposes.count; i++) json_array_append_new(purpose, show_text(item->account->purposes.p[i].text));
    *result = json_pack("{s:o,s:I,s:O,s:o,s:o,s:o,s:b}", "account", show_text(item->account->name.text), "balance_fen", (json_int_t)balance, "entries", entries, "purpose", purpose,
                        "clause", show_clause(r->program, item->clause ? item->clause->id : STR("")), "manager",
                        show_text(item->account->kept_by.count ? item->account->kept_by.p[0].path.text : STR("")), "may_spend", may);
  }
  json_decref(entries);
  return status;
}

/* ---- settlement --------------------------------------------------------------------------------------------------------------- */

enum status ledger_read_settle(struct read_ctx *r, json_t *query, json_t **result) {
  enum status status = OK;
  struct show_month month;
  json_t *sheet = NULL;
  TRY(show_month_parse(r->arena, show_arg(r->arena, query, "month"), r->now_ms, r->zone_offset_ms, &month, r->problem));
  bool may = r->actor.owner || r->actor.type == ACTOR_SYSTEM || view_may(r->program, &r->actor, STR("账.封月"));
  if (!may) TRY(problem_set(r->problem, E_DENIED, "settle.who", "月结由负责人和经理看", "The settlement is for the owner and the manager"));
  TRY(sealed_sheet(r, &month, &sheet));
  if (!sheet) TRY(settlement_sheet(r, &month, &sheet));
  *result = json_incref(sheet);
done:
  json_decref(sheet);
  return status;
}

enum status ledger_read_settings(struct read_ctx *r, json_t *query, json_t **result) {
  struct ledger_figures f;
  struct settlement_limit limit;
  enum status status = ledger_figures(r->store, r->arena, &f, r->problem);
  if (status != OK) return status;
  settlement_limit_at(r->engine, &f, instant_date(r->now_ms, r->zone_offset_ms), &limit);
  *result = json_pack("{s:I,s:I,s:I,s:b}", "minimum_wage_fen", (json_int_t)f.minimum_wage_fen, "deduct_percent", (json_int_t)f.deduct_percent, "appeal_days", (json_int_t)f.appeal_days,
                      "may_change", r->actor.owner || view_may(r->program, &r->actor, STR("账.封月")));
  return OK;
}
