/* Publishing a version of the rulebook, and saying that one has read it (制度).
 *
 * A book with errors never replaces the one in force. Versions come into force on a day after they are published, so nobody is
 * judged by words that were not there; only the very first one starts at once. A day that is past is taken only when a trial
 * on everything that happened shows that nobody loses by it. A rule that changes while it counts must say what it remembers. */
#include "commands/command.h"
#include "commands/draft.h"

#include "base/calendar.h"
#include "commands/shorthand.h"
#include "lang/diagnostic.h"
#include "lang/versions.h"
#include "rules/backdate.h"
#include "rules/vocabulary.h"
#include "views/draft.sql.h"
#include "views/rulebook.sql.h"
#include "views/show.h"

#include <sodium.h>

enum { BOOK_ARENA_MOST = 256 * 1024 * 1024, BOOK_WORDS_MOST = 420, BOOK_DAYS_AHEAD_MOST = 400, BOOK_DAYS_BACK_MOST = 62, BOOK_NOTE_MOST = 1000 };

struct book {
  size_t warnings;
  struct str id, title, version;
  bool has_in_force;
  i64 in_force;
};

/* All messages that fit, errors first; the check endpoint gives them all with their places. */
static enum status say_errors(struct command_ctx *c, const struct lang_diagnostics *d) {
  struct str zh = STR(""), en = STR("");
  size_t shown = 0;
  for (size_t i = 0; i < d->count; i++) {
    const struct lang_diagnostic *m = &d->items[i];
    if (m->severity != LANG_ERROR || zh.n + m->zh.n > BOOK_WORDS_MOST || en.n + m->en.n > BOOK_WORDS_MOST) continue;
    zh = arena_printf(c->arena, "%.*s%s第 %u 行：%.*s", STR_ARG(zh), zh.n ? "；" : "", m->at.line, STR_ARG(m->zh));
    en = arena_printf(c->arena, "%.*s%sline %u: %.*s", STR_ARG(en), en.n ? "; " : "", m->at.line, STR_ARG(m->en));
    shown++;
  }
  enum status status = problem_set(c->problem, E_INVALID, "rulebook.errors", "制度有 %zu 处错误，原来的版本照旧施行", "The rulebook has %zu errors; the old version stays in force", d->errors);
  if (c->problem && shown) {
    snprintf(c->problem->zh, sizeof c->problem->zh, "制度有 %zu 处错误，原来的版本照旧施行。%.*s", d->errors, STR_ARG(zh));
    snprintf(c->problem->en, sizeof c->problem->en, "The rulebook has %zu errors; the old version stays in force. %.*s", d->errors, STR_ARG(en));
  }
  return status;
}

static enum status compile(struct command_ctx *c, struct str source, struct book *book) {
  struct arena *a = arena_new(BOOK_ARENA_MOST);
  struct lang_diagnostics d;
  struct lang_program *program = NULL;
  lang_diagnostics_init(&d, a);
  enum status status = lang_read(a, source, rules_vocabulary(a), &program, &d);
  if (status == E_INVALID) {
    lang_diagnostics_sort(&d);
    status = say_errors(c, &d);
  } else if (status == E_TOO_LARGE) {
    status = problem_set(c->problem, status, "rulebook.large", "制度文件太大", "The rulebook is too large");
  } else if (status == OK && !program->header) {
    status = problem_set(c->problem, E_INVALID, "rulebook.header", "制度没有“制度 …”这一行", "The rulebook has no “rulebook …” line");
  }
  if (status == OK) {
    const struct lang_header *h = program->header;
    *book = (struct book){.id = arena_dup(c->arena, h->id.text), .title = arena_dup(c->arena, h->title), .has_in_force = h->has_in_force, .in_force = h->in_force,
                          .version = arena_printf(c->arena, "%d.%d", h->major, h->minor), .warnings = d.warnings};
  }
  arena_free(a);
  return status;
}

/* The day it comes into force: asked for, else the book's own, else tomorrow. */
static enum status in_force_day(struct command_ctx *c, json_t *args, const struct book *book, bool first, i64 *day) {
  i64 today = instant_date(c->now_ms, c->zone_offset_ms);
  struct str asked = show_arg(c->arena, args, "in_force");
  if (first) {
    *day = today;
    return OK;
  }
  if (asked.n) {
    enum status status = show_date_parse(asked, today + 1, day, c->problem);
    if (status != OK) return status;
    if (*day < today - BOOK_DAYS_BACK_MOST)
      return problem_set(c->problem, E_INVALID, "rulebook.backdated", "施行日太早：有利于员工的改动也最多往前 %d 天", "Too far back: even a change in favour of the staff reaches back %d days at most", BOOK_DAYS_BACK_MOST);
    if (*day > today + BOOK_DAYS_AHEAD_MOST) return problem_set(c->problem, E_INVALID, "rulebook.far", "施行日太远", "The day is too far ahead");
    return OK;
  }
  *day = book->has_in_force && book->in_force > today ? book->in_force : today + 1;
  return OK;
}

/* Beside the version it follows: what a changed count remembers; and for a day that is past, that nobody loses by it. */
static enum status fits_what_was(struct command_ctx *c, struct str source, i64 day, bool first) {
  if (first || c->program == NULL) return OK;
  struct arena *a = arena_new(BOOK_ARENA_MOST);
  struct lang_diagnostics d;
  struct lang_program *program = NULL;
  lang_diagnostics_init(&d, a);
  enum status status = lang_read(a, source, rules_vocabulary(a), &program, &d);
  lang_diagnostics_init(&d, a); /* only what the change itself is asked */
  if (status == OK) lang_check_versions(c->program, program, day, &d);
  if (status == OK && d.errors) status = say_errors(c, &d);
  struct backdate tried;
  if (status == OK && day < instant_date(c->now_ms, c->zone_offset_ms))
    status = backdate_try(c->engine, program, c->now_ms, instant_at(day, 0, c->zone_offset_ms), &tried, c->problem);
  arena_free(a);
  return status;
}

static struct str hash_of(struct command_ctx *c, struct str source) {
  unsigned char hash[32];
  char hex[65];
  crypto_generichash(hash, sizeof hash, (const unsigned char *)source.p, source.n, NULL, 0);
  for (size_t i = 0; i < sizeof hash; i++) snprintf(hex + 2 * i, 3, "%02x", hash[i]);
  return arena_dup(c->arena, str_c(hex));
}

struct given {
  struct str note;
  i64 warnings_read;
  bool first;
};

static enum status publish_event(struct command_ctx *c, const struct book *book, struct str source, i64 day, const struct given *given, struct event **out) {
  struct event *e = shorthand_event(c, EVENT_rulebook_published);
  event_set_text(e, "rulebook", book->id);
  event_set_text(e, "version", book->version);
  event_set(e, "in_force", value_int(V_DATE, day));
  event_set_text(e, "source_hash", hash_of(c, source));
  event_set_text(e, "source", source);
  event_set_text(e, "title", book->title);
  if (given->note.n) event_set_text(e, "note", given->note);
  if (book->warnings) event_set(e, "warnings_read", value_int(V_COUNT, (i64)book->warnings));
  /* today, and not the very first one: from this moment on, not from the morning */
  if (!given->first && day == instant_date(c->now_ms, c->zone_offset_ms)) event_set(e, "from", value_int(V_INSTANT, c->now_ms));
  *out = e;
  return OK;
}

/* The version stands in the book itself; whoever names another one is told before anything is published. */
static enum status version_agrees(struct command_ctx *c, json_t *args, const struct book *book) {
  struct str asked = str_trim(show_arg(c->arena, args, "version"));
  if (!asked.n || str_eq(asked, book->version)) return OK;
  return problem_set(c->problem, E_INVALID, "rulebook.version_differs", "原文写的是“版本 %.*s”，不是 %.*s；请改原文的这一行", "The source says version %.*s, not %.*s; change that line of the source",
                     STR_ARG(book->version), STR_ARG(asked));
}

/* Warnings do not stop a book, but somebody has seen them. */
static enum status warnings_read(struct command_ctx *c, const struct book *book, const struct given *given) {
  if (given->first || !book->warnings || given->warnings_read >= (i64)book->warnings) return OK;
  return problem_set(c->problem, E_INVALID, "rulebook.warnings", "还有 %zu 处提醒要先看过（warnings_read）", "There are %zu warnings to be read first (warnings_read)", book->warnings);
}

static enum status run_publish(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct given about = {0};
  struct draft_get_row *draft = NULL;
  struct book book;
  struct rulebook_version_all_row *versions = NULL;
  struct rulebook_version_get_row *same = NULL;
  struct event *e = NULL;
  size_t count = 0;
  i64 day = 0;
  json_t *decision = NULL;
  bool done_now = false;
  const json_t *given = json_object_get(args, "source");
  if (!json_is_string(given)) TRY(problem_set(c->problem, E_INVALID, "rulebook.source", "请给出制度原文", "Give the source of the rulebook"));
  TRY(command_text(c, args, "note", false, BOOK_NOTE_MOST, &about.note));
  TRY(command_int(c, args, "warnings_read", false, 0, INT64_MAX, &about.warnings_read));
  TRY(rulebook_version_all(c->store, c->arena, &versions, &count, c->problem));
  about.first = count == 0;
  if (count || !c->actor.owner) TRY(command_may(c, "制度.公布"));
  struct str source = arena_dup(c->arena, (struct str){json_string_value(given), json_string_length(given)});
  TRY(compile(c, source, &book));
  TRY(version_agrees(c, args, &book));
  TRY(warnings_read(c, &book, &about));
  struct rulebook_version_get_in in = {.version = book.version};
  TRY(rulebook_version_get(c->store, c->arena, &in, &same, c->problem));
  if (same) TRY(problem_set(c->problem, E_CONFLICT, "rulebook.version_used", "%.*s 版已经公布过，请把“版本”加一", "Version %.*s was published before; raise the version", STR_ARG(book.version)));
  TRY(in_force_day(c, args, &book, count == 0, &day));
  TRY(fits_what_was(c, source, day, count == 0));
  TRY(publish_event(c, &book, source, day, &about, &e));
  TRY(draft_get(c->store, c->arena, &draft, c->problem));
  TRY(shorthand_gated(c, e, &done_now, &decision));
  /* what was worked on is published: the next draft begins from it. Somebody's newer words stay a draft. */
  if (done_now && draft && str_eq(draft->source, source)) TRY(draft_close(c, "published"));
  *result = done_now ? json_pack("{s:o,s:o,s:o}", "id", show_text(book.id), "version", show_text(book.version), "in_force", show_date(c->arena, day)) : json_incref(decision);
done:
  json_decref(decision);
  return status;
}

static enum status run_acknowledge(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct acknowledgement_get_row *before = NULL;
  const struct lang_header *h = c->program ? c->program->header : NULL;
  if (!h) TRY(problem_set(c->problem, E_NOT_FOUND, "rulebook.none", "还没有公布制度", "No rulebook is published yet"));
  struct str version = arena_printf(c->arena, "%d.%d", h->major, h->minor);
  struct acknowledgement_get_in in = {.person = c->actor.id, .version = version};
  TRY(acknowledgement_get(c->store, c->arena, &in, &before, c->problem));
  if (!before) {
    struct event *e = shorthand_event(c, EVENT_rulebook_acknowledged);
    event_set_text(e, "rulebook", h->id.text);
    event_set_text(e, "version", version);
    event_set_text(e, "person", c->actor.id);
    TRY(command_append(c, e));
  }
  *result = json_pack("{s:o,s:I}", "version", show_text(version), "at", (json_int_t)(before ? before->at_ms : c->now_ms));
done:
  return status;
}

const struct command_def commands_rulebook[] = {
    {"rulebook.publish", "", run_publish, "source:text! in_force:date version:text note:text warnings_read:int", "Publish a version of the rulebook", "公布一版制度"},
    {"rulebook.acknowledge", "", run_acknowledge, "", "Say that you have read the version in force", "确认读过现行制度"},
    {NULL},
};
