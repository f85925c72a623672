/* Rows to a file. See export.h. */
#include "reports/export.h"

#include "base/calendar.h"
#include "reports/reception_internal.h"
#include "reports/words.h"
#include "views/conversation.sql.h"
#include "views/customer.h"
#include "views/figure.sql.h"
#include "views/show.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { PAGE = 500, COLUMNS_MOST = 12, DIGITS_MASKED = 7, CSV_BUFFER = 1 << 18, CELL_MOST = 32767 };
static const size_t EXPORT_ARENA = (size_t)1 << 27;

static const struct {
  const char *word;
  struct report_word heads[COLUMNS_MOST];
} kinds[] = {
    [EXPORT_CONVERSATIONS] = {"conversations",
                              {{"会话", "Conversation"}, {"顾客", "Customer"}, {"渠道", "Channel"}, {"开始", "Began"}, {"结束", "Ended"}, {"接待人", "Agent"}, {"首次回复（秒）", "First reply (s)"},
                               {"时长（秒）", "Duration (s)"}, {"星", "Stars"}, {"成交", "Deal"}, {"标签", "Tags"}}},
    [EXPORT_MESSAGES] = {"messages", {{"会话", "Conversation"}, {"序号", "Number"}, {"时间", "Time"}, {"谁", "Who"}, {"说话人", "Speaker"}, {"内容", "Text"}}},
    [EXPORT_REPLIES] = {"replies",
                        {{"会话", "Conversation"}, {"渠道", "Channel"}, {"问的时间", "Asked"}, {"答的时间", "Answered"}, {"等了（秒）", "Waited (s)"}, {"回复人", "Answered by"}, {"首次", "First"}}},
    [EXPORT_RATINGS] = {"ratings", {{"会话", "Conversation"}, {"顾客", "Customer"}, {"渠道", "Channel"}, {"评分时间", "Rated"}, {"星", "Stars"}, {"接待人", "Agent"}}},
};
enum cell_word { CUSTOMER, AGENT, NOTE, AUTOMATIC, RECALLED, UNANSWERED };
static const struct report_word said[] = {
    [CUSTOMER] = {"顾客", "Customer"}, [AGENT] = {"客服", "Agent"},           [NOTE] = {"内部备注", "Internal note"},
    [AUTOMATIC] = {"自动", "Automatic"}, [RECALLED] = {"（已撤回）", "(recalled)"}, [UNANSWERED] = {"没有答", "No answer"},
};

bool export_kind_find(struct str word, enum export_kind *kind) {
  for (size_t i = 0; i < COUNT_OF(kinds); i++)
    if (str_is(word, kinds[i].word)) return *kind = (enum export_kind)i, true;
  return false;
}

struct out {
  struct export_ask *ask;
  struct store *store;
  struct arena *a, *page; /* of some rows at most; of a page of conversations */
  struct problem *p;
  struct show_people people;
  FILE *file;
  lxw_workbook *book;
  lxw_worksheet *sheet;
  i64 sheet_row, sheets;
  struct str cells[COLUMNS_MOST];
  bool number[COLUMNS_MOST];
  int n;
};

/* The head of column i; NULL after the last. */
static const char *head(const struct out *o, int i) { return i < COLUMNS_MOST ? report_word(kinds[o->ask->kind].heads[i], o->ask->english) : NULL; }

/* ---- one row ---- */

static void csv_row(struct out *o) {
  for (int i = 0; i < o->n; i++) {
    if (i) putc(',', o->file);
    struct str s = o->cells[i];
    bool formula = !o->number[i] && s.n && strchr("=+-@\t", s.p[0]) != NULL; /* no spreadsheet shall take a customer's words for a formula */
    bool quote = formula;
    for (size_t k = 0; k < s.n && !quote; k++) quote = s.p[k] == ',' || s.p[k] == '"' || s.p[k] == '\n' || s.p[k] == '\r';
    if (quote) putc('"', o->file);
    if (formula) putc('\'', o->file);
    for (size_t k = 0; k < s.n; k++) {
      if (quote && s.p[k] == '"') putc('"', o->file);
      putc(s.p[k], o->file);
    }
    if (quote) putc('"', o->file);
  }
  fputs("\r\n", o->file);
}

static enum status new_sheet(struct out *o) {
  char name[24];
  (void)snprintf(name, sizeof name, "%lld", (long long)++o->sheets);
  o->sheet = workbook_add_worksheet(o->book, name);
  if (!o->sheet) return problem_set(o->p, E_IO, "export.write", "工作簿写不出来", "The workbook cannot be written");
  for (int i = 0; head(o, i); i++) (void)worksheet_write_string(o->sheet, 0, (lxw_col_t)i, head(o, i), NULL);
  o->sheet_row = 1;
  return OK;
}

static enum status xlsx_row(struct out *o) {
  i64 most = o->ask->sheet_rows ? o->ask->sheet_rows : EXPORT_SHEET_ROWS;
  enum status status = !o->sheet || o->sheet_row >= most ? new_sheet(o) : OK;
  for (int i = 0; status == OK && i < o->n; i++) {
    i64 number;
    size_t n = o->cells[i].n;
    while (n > CELL_MOST) n--;
    if (o->number[i] && str_to_i64(o->cells[i], &number)) (void)worksheet_write_number(o->sheet, (lxw_row_t)o->sheet_row, (lxw_col_t)i, (double)number, NULL);
    else if (n) (void)worksheet_write_string(o->sheet, (lxw_row_t)o->sheet_row, (lxw_col_t)i, arena_cstr(o->a, str_slice(o->cells[i], 0, n)), NULL);
  }
  o->sheet_row++;
  return status;
}

static enum status end_row(struct out *o) {
  enum status status = OK;
  if (o->file) csv_row(o);
  else status = xlsx_row(o);
  o->n = 0;
  atomic_fetch_add(&o->ask->rows, 1);
  return status;
}

static void cell(struct out *o, struct str s) { o->number[o->n] = false, o->cells[o->n++] = s; }
static void number(struct out *o, bool has, i64 n) { o->number[o->n] = true, o->cells[o->n++] = has ? arena_printf(o->a, "%lld", (long long)n) : STR(""); }
static void seconds(struct out *o, bool has, i64 ms) { o->number[o->n] = false, o->cells[o->n++] = has ? arena_printf(o->a, "%lld.%03lld", (long long)(ms / 1000), (long long)(ms % 1000)) : STR(""); }
static void word(struct out *o, enum cell_word w) { cell(o, str_c(report_word(said[w], o->ask->english))); }
static void yes(struct out *o, bool is) { cell(o, is ? str_c(report_yes_no(true, o->ask->english)) : STR("")); }
static void channel(struct out *o, const struct figure_talks_row *t) { cell(o, report_channel(t->channel, o->ask->english)); }
static void when(struct out *o, bool has, i64 ms) { cell(o, has ? calendar_show_instant(o->a, ms, o->ask->zone_offset_ms) : STR("")); }

/* Seven digits and more in a row are a telephone, a card, an ID number: all but the first three and the last two are hidden. */
static struct str masked(struct out *o, struct str s) {
  if (o->ask->open) return s;
  char *copy = arena_cstr(o->a, s);
  for (size_t i = 0; i < s.n;) {
    size_t k = i;
    while (k < s.n && copy[k] >= '0' && copy[k] <= '9') k++;
    if (k - i >= DIGITS_MASKED) memset(copy + i + 3, '*', k - i - 5);
    i = k > i ? k : i + 1;
  }
  return (struct str){copy, s.n};
}

static struct str customer_of(struct out *o, const struct figure_talks_row *t) {
  struct str name = t->customer_name.n ? t->customer_name : t->customer;
  return o->ask->open ? report_customer(o->a, name, o->ask->english) : customer_show_name(o->a, report_customer(o->a, name, o->ask->english));
}

/* ---- the kinds ---- */

static enum status conversation(struct out *o, const struct figure_talks_row *t) {
  cell(o, t->id), cell(o, customer_of(o, t)), channel(o, t);
  when(o, true, t->started_ms), when(o, t->has_closed_ms, t->closed_ms);
  struct str who = t->first_by.n ? t->first_by : t->agent;
  cell(o, who.n ? show_name(&o->people, who) : STR(""));
  seconds(o, t->has_first_ms, t->first_ms), seconds(o, t->has_took_ms, t->took_ms);
  number(o, t->has_stars, t->stars);
  yes(o, t->deal);
  cell(o, str_is(t->tags, "[]") ? STR("") : t->tags);
  return end_row(o);
}

static enum status messages(struct out *o, const struct figure_talks_row *t) {
  enum status status = OK;
  size_t count = PAGE;
  for (i64 after = 0; count == PAGE && !atomic_load(&o->ask->cancelled);) {
    struct message_after_row *rows = NULL;
    TRY(message_after(o->store, o->a, &(struct message_after_in){.conversation = t->id, .after = after, .most = PAGE}, &rows, &count, o->p));
    for (size_t i = 0; i < count; i++) {
      bool customer = str_is(rows[i].by_type, "customer");
      after = rows[i].seq;
      if (str_is(rows[i].by_type, "system")) continue; /* a line about the conversation, said by nobody */
      if (str_is(rows[i].by_type, "whisper")) continue; /* between a leader and an agent: it leaves the desk with no file */
      cell(o, t->id), number(o, true, rows[i].seq), when(o, true, rows[i].at_ms);
      word(o, customer ? CUSTOMER : str_is(rows[i].by_type, "agent") ? AGENT : str_is(rows[i].by_type, "note") ? NOTE : AUTOMATIC);
      cell(o, customer ? customer_of(o, t) : show_name(&o->people, rows[i].by_id));
      if (rows[i].has_recalled_ms) word(o, RECALLED);
      else cell(o, masked(o, rows[i].text));
      TRY(end_row(o));
    }
    arena_reset(o->a);
  }
done:
  return status;
}

static enum status replies(struct out *o, const struct figure_talks_row *t) {
  struct figure_messages_row *m = NULL;
  size_t count = 0;
  bool waiting = false, spoken = false;
  i64 since = 0;
  enum status status = figure_messages(o->store, o->a, &(struct figure_messages_in){.id = t->id}, &m, &count, o->p);
  for (size_t i = 0; status == OK && i < count; i++) {
    bool customer = str_is(m[i].by_type, "customer");
    if (customer && !waiting) waiting = true, since = m[i].at_ms;
    if (customer) continue;
    if (waiting) {
      cell(o, t->id), channel(o, t), when(o, true, since), when(o, true, m[i].at_ms), seconds(o, true, m[i].at_ms - since), cell(o, show_name(&o->people, m[i].by_id)), yes(o, !spoken);
      status = end_row(o);
    }
    waiting = false;
    spoken = true;
  }
  if (status != OK || !waiting) return status;
  cell(o, t->id), channel(o, t), when(o, true, since), word(o, UNANSWERED), cell(o, STR("")), cell(o, STR("")), yes(o, !spoken);
  return end_row(o);
}

static enum status rating(struct out *o, const struct figure_talks_row *t) {
  if (!t->has_stars) return OK;
  cell(o, t->id), cell(o, customer_of(o, t)), channel(o, t), when(o, t->has_rated_ms, t->rated_ms), number(o, true, t->stars), cell(o, show_name(&o->people, t->speaker));
  return end_row(o);
}

static bool is_wanted(const struct export_ask *ask, const struct figure_talks_row *t) {
  return (!ask->channel.n || str_eq(ask->channel, t->channel)) && reception_has_tag(t->tags, ask->tag) && reception_has_tag(t->customer_tags, ask->customer_tag);
}

static enum status walk(struct out *o) {
  static enum status (*const make[])(struct out *, const struct figure_talks_row *) = {conversation, messages, replies, rating};
  enum status status = OK;
  struct arena *keep = arena_new(1 << 16);
  i64 after = o->ask->from_ms - 1;
  struct str after_id = STR("");
  size_t count = PAGE;
  while (count == PAGE) {
    struct figure_talks_row *rows = NULL;
    struct figure_talks_in in = {.from_ms = o->ask->from_ms, .to_ms = o->ask->to_ms, .after_ms = after, .after_id = after_id, .customer = o->ask->customer.n ? o->ask->customer : STR(""),
                                .level = o->ask->level.n ? o->ask->level : STR(""), .most = PAGE};
    TRY(figure_talks(o->store, o->page, &in, &rows, &count, o->p));
    for (size_t i = 0; i < count; i++) {
      if (atomic_load(&o->ask->cancelled)) {
        status = problem_set(o->p, E_CONFLICT, "export.cancelled", "导出停下了", "The export was stopped");
        goto done;
      }
      if (is_wanted(o->ask, &rows[i])) TRY(make[o->ask->kind](o, &rows[i]));
      arena_reset(o->a);
    }
    if (count) {
      after = rows[count - 1].started_ms;
      arena_reset(keep);
      after_id = arena_dup(keep, rows[count - 1].id);
    }
    arena_reset(o->page);
  }
done:
  arena_free(keep);
  return status;
}

static enum status open_file(struct out *o, char *folder) {
  if (!o->ask->xlsx) {
    o->file = fopen(o->ask->path, "wb");
    if (!o->file) return problem_set(o->p, E_IO, "export.write", "写不了文件：%s", "The file cannot be written: %s", strerror(errno));
    (void)setvbuf(o->file, NULL, _IOFBF, CSV_BUFFER);
    fputs("\xEF\xBB\xBF", o->file);
    for (int i = 0; head(o, i); i++) fprintf(o->file, "%s%s", i ? "," : "", head(o, i));
    fputs("\r\n", o->file);
    return OK;
  }
  lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = folder};
  o->book = workbook_new_opt(o->ask->path, &options);
  return o->book ? new_sheet(o) : problem_set(o->p, E_IO, "export.write", "工作簿写不出来", "The workbook cannot be written");
}

static enum status close_file(struct out *o, enum status status) {
  bool good = true;
  if (o->file) good = !ferror(o->file), good = fclose(o->file) == 0 && good;
  if (o->book) good = workbook_close(o->book) == LXW_NO_ERROR;
  if (status == OK && !good) status = problem_set(o->p, E_IO, "export.write", "文件没有写完，磁盘可能满了", "The file was not completed; the disk may be full");
  if (status != OK) (void)unlink(o->ask->path);
  return status;
}

enum status export_run(struct export_ask *ask, struct problem *p) {
  struct out o = {.ask = ask, .a = arena_new(EXPORT_ARENA), .page = arena_new(EXPORT_ARENA), .p = p};
  struct arena *names = arena_new(EXPORT_ARENA);
  enum status status = OK;
  char *folder = arena_cstr(names, str_c(ask->path)), *slash = strrchr(folder, '/');
  if (slash) *slash = 0;
  TRY(store_open(ask->url, STORE_READ, &o.store, p));
  TRY(show_people_load(o.store, names, &o.people, p));
  TRY(open_file(&o, folder));
  TRY(walk(&o));
done:
  status = close_file(&o, status);
  store_close(o.store);
  arena_free(o.a);
  arena_free(o.page);
  arena_free(names);
  return status;
}
