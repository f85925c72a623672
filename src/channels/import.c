/* Imports of order lists and chat logs. See import.h. */
#include "channels/import.h"

#include "base/log.h"

#include "channels/chat_log.h"
#include "channels/order_list.h"
#include "channels/text.h"
#include "commands/import.h"
#include "views/json.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BATCH_ARENA = 64 * 1024 * 1024, HEADING_LINES = 10, MESSAGE_BYTES = 20000 };

/* One import at work. */
struct job {
  struct writer *w;
  const struct import_options *o;
  struct import_report *report;
  struct text_reader *reader;
  struct arena *arena;          /* of the batch */
  json_t *rows, *rejects, *carry, *ignored;
  struct problem *p;
  i64 zone_offset_ms;
  size_t text_bytes;            /* gathered for the batch */
};

bool import_type_find(struct str word, enum import_type *type) {
  if (str_is(word, "orders")) return *type = IMPORT_ORDERS, true;
  if (str_is(word, "chat")) return *type = IMPORT_CHAT, true;
  return false;
}

/* ---- the writer ---------------------------------------------------------------------------------------------------------- */

static enum status call(struct job *j, const char *name, json_t *owned_args, json_t **result) {
  struct request request = {.name = str_c(name), .owned_args = owned_args, .actor = j->o->actor};
  enum status status;
  int tries = 0;
  json_incref(owned_args);
  do {
    if (tries) usleep(100000);
    request.owned_args = json_incref(owned_args);
    status = writer_call(j->w, &request, result, j->p);
  } while (status == E_BUSY && ++tries < 600);
  json_decref(owned_args);
  json_decref(owned_args);
  return status;
}

static enum status begin(struct job *j) {
  json_t *result = NULL;
  const char *type = j->o->type == IMPORT_ORDERS ? "orders" : "chat";
  enum status status = call(j, "import.begin", json_pack("{s:s,s:o,s:I}", "type", type, "name", json_of(j->o->name), "bytes", (json_int_t)j->o->size), &result);
  if (status == OK) snprintf(j->report->id, sizeof j->report->id, "%s", json_string_value(json_object_get(result, "id")));
  json_decref(result);
  return status;
}

static enum status flush(struct job *j, bool last, bool *go_on) {
  json_t *result = NULL;
  struct import_report *r = j->report;
  enum status status = OK;
  *go_on = true;
  r->bytes_done = text_reader_bytes(j->reader);
  j->text_bytes = 0;
  if (!last && json_array_size(j->rows) == 0 && json_array_size(j->rejects) == 0) return OK;
  json_t *args = json_pack("{s:s,s:O,s:O,s:I,s:s,s:b}", "import", r->id, "rows", j->rows, "rejects", j->rejects, "bytes_done", (json_int_t)r->bytes_done,
                           "encoding", r->encoding, "last", (int)last);
  if (j->ignored) json_object_set(args, "ignored", j->ignored);
  if (j->carry) json_object_set(args, "carry", j->carry);
  TRY(call(j, j->o->type == IMPORT_ORDERS ? "import.orders" : "import.chat", args, &result));
  r->read += json_arg_int(result, "read", 0);
  r->added += json_arg_int(result, "added", 0);
  r->changed += json_arg_int(result, "changed", 0);
  r->same += json_arg_int(result, "same", 0);
  r->rejected += json_arg_int(result, "rejected", 0);
  json_decref(j->carry);
  j->carry = json_incref(json_object_get(result, "carry"));
  if (j->o->go_on && !j->o->go_on(j->o->ctx, r)) r->stopped = true, *go_on = false;
done:
  json_decref(result);
  json_decref(j->rows);
  json_decref(j->rejects);
  j->rows = json_array();
  j->rejects = json_array();
  return status;
}

static void reject(struct job *j, i64 line, const char *zh, const char *en, struct str raw) {
  json_array_append_new(j->rejects, json_pack("{s:I,s:s,s:s,s:o}", "line", (json_int_t)line, "zh", zh, "en", en, "text", json_of(raw)));
}

static bool reject_trouble(struct job *j, const struct text_record *record) {
  switch (record->trouble) {
    case TEXT_FINE: return false;
    case TEXT_BAD_BYTES: reject(j, record->line, "编码不对，有读不出的字", "Wrong encoding: some bytes are no text", record->raw); break;
    case TEXT_NUL: reject(j, record->line, "有空字节（NUL），文件可能损坏", "A NUL byte: the file may be damaged", record->raw); break;
    case TEXT_TOO_LONG: reject(j, record->line, "这一行太长（超过 256 KB），可能少了一个引号", "The row is too long (over 256 kB); a quote may be missing", record->raw); break;
    case TEXT_CUT_OFF: reject(j, record->line, "引号没有关上，文件在这里断了；请重新导出", "A quote never closes: the file is cut off here; export it again", record->raw); break;
  }
  return true;
}

static bool batch_full(const struct job *j) {
  size_t most = j->o->alone ? IMPORT_BATCH_ALONE : IMPORT_BATCH_ROWS;
  return json_array_size(j->rows) > most || json_array_size(j->rejects) > most || j->text_bytes > IMPORT_BATCH_BYTES;
}

static void count_text(struct job *j, const struct text_record *record) {
  for (size_t i = 0; i < record->count; i++) j->text_bytes += record->fields[i].n;
}

/* ---- orders -------------------------------------------------------------------------------------------------------------- */

static enum status read_heading(struct job *j, struct order_list *list) {
  struct text_record record, first = {0};
  bool more = true;
  for (int i = 0; i < HEADING_LINES && more; i++) {
    enum status status = text_next_csv(j->reader, j->arena, ',', &record, &more, j->p);
    if (status != OK) return status;
    if (!more) break;
    char separator = ',';
    if (record.count == 1 && str_find(record.fields[0], STR("\t"), 0) != SIZE_MAX) {
      /* Cut at tabs instead. */
      struct str rest = record.fields[0];
      size_t room = 0;
      separator = '\t';
      record.fields = NULL;
      record.count = 0;
      while (rest.p) {
        struct str cell = str_cut(rest, '\t', &rest);
        record.fields = arena_grow(j->arena, record.fields, &room, record.count + 1, sizeof *record.fields);
        record.fields[record.count++] = cell;
      }
    }
    if (order_list_is_heading(&record)) return order_list_heading(j->arena, &record, separator, list, j->p);
    if (first.count == 0) first = record;
  }
  return order_list_heading(j->arena, &first, ',', list, j->p);
}

/* A further row of the same order: its goods belong to it. */
static bool same_order(json_t *rows, json_t *row) {
  size_t n = json_array_size(rows);
  json_t *last = n ? json_array_get(rows, n - 1) : NULL;
  if (!last || !str_eq(json_arg(last, "no"), json_arg(row, "no"))) return false;
  json_array_extend(json_object_get(last, "goods"), json_object_get(row, "goods"));
  json_object_set_new(last, "qty", json_integer(json_arg_int(last, "qty", 0) + json_arg_int(row, "qty", 0)));
  return true;
}

static void take_order(struct job *j, const struct order_list *list, const struct text_record *record) {
  struct problem why = {0};
  bool blank = true;
  for (size_t i = 0; i < record->count && blank; i++) blank = str_trim(record->fields[i]).n == 0;
  if (blank && record->trouble == TEXT_FINE) return;
  if (reject_trouble(j, record)) return;
  json_t *row = order_list_row(j->arena, list, record, j->zone_offset_ms, &why);
  if (!row) reject(j, record->line, why.zh, why.en, record->raw);
  else if (same_order(j->rows, row)) json_decref(row);
  else json_array_append_new(j->rows, row);
}

static enum status run_orders(struct job *j) {
  struct order_list list = {0};
  struct arena *heading = arena_new(BATCH_ARENA), *batch = j->arena;
  struct text_record record;
  bool more = true, go_on = true;
  enum status status;
  j->arena = heading;
  status = read_heading(j, &list);
  j->arena = batch;
  j->ignored = list.ignored;
  while (status == OK && more && go_on) {
    status = text_next_csv(j->reader, j->arena, list.separator, &record, &more, j->p);
    if (status != OK || !more) break;
    take_order(j, &list, &record);
    count_text(j, &record);
    /* One row stays behind, so that further rows of its order can join it. */
    size_t n = json_array_size(j->rows);
    if (batch_full(j)) {
      json_t *kept = n ? json_incref(json_array_get(j->rows, n - 1)) : NULL;
      if (n) json_array_remove(j->rows, n - 1);
      status = flush(j, false, &go_on);
      if (kept) json_array_append_new(j->rows, kept);
      arena_reset(j->arena);
    }
  }
  if (status == OK && go_on) status = flush(j, true, &go_on);
  arena_free(heading);
  return status;
}

/* ---- chat ---------------------------------------------------------------------------------------------------------------- */

struct pending {
  i64 line, at_ms;
  char speaker[128];
  struct buf text;
  bool any, too_long;
};

static void end_message(struct job *j, struct pending *m, struct str with) {
  struct str text = str_trim(buf_str(&m->text));
  if (!m->any) return;
  m->any = false;
  if (m->text.overflow) {
    reject(j, m->line, "这一条太长", "This message is too long", str_c(m->speaker));
    return;
  }
  if (!text.n) return; /* a picture or a recalled message: nothing was said that could be kept */
  json_t *row = json_pack("{s:I,s:I,s:s,s:o}", "line", (json_int_t)m->line, "at_ms", (json_int_t)m->at_ms, "speaker", m->speaker, "text", json_of(text));
  if (with.n) json_object_set_new(row, "conversation", json_of(with));
  json_array_append_new(j->rows, row);
}

static void begin_message(struct pending *m, const struct text_record *record, const struct chat_message *said) {
  m->any = true;
  m->line = record->line;
  m->at_ms = said->at_ms;
  snprintf(m->speaker, sizeof m->speaker, "%.*s", STR_ARG(said->speaker));
  m->text.n = 0;
  m->text.overflow = false;
  buf_add(&m->text, said->text);
}

static enum status run_chat(struct job *j) {
  struct pending message = {0};
  struct text_record record;
  char with[128] = "";
  bool more = true, go_on = true;
  enum status status = OK;
  buf_init(&message.text, MESSAGE_BYTES);
  while (status == OK && more && go_on) {
    struct chat_message said;
    status = text_next_line(j->reader, j->arena, &record, &more, j->p);
    if (status != OK || !more) break;
    count_text(j, &record);
    if (reject_trouble(j, &record)) continue;
    switch (chat_log_line(record.fields[0], j->zone_offset_ms, &said)) {
      case CHAT_BLANK: break;
      case CHAT_MESSAGE:
        end_message(j, &message, str_c(with));
        begin_message(&message, &record, &said);
        break;
      case CHAT_WITH:
        end_message(j, &message, str_c(with));
        snprintf(with, sizeof with, "%.*s", STR_ARG(said.speaker));
        break;
      case CHAT_CONTINUED:
        if (!message.any) {
          reject(j, record.line, "看不出是谁在什么时候说的（例：小王(2026-03-05 10:00:12): 你好）", "No speaker and time (example: Wang(2026-03-05 10:00:12): hello)", record.raw);
          break;
        }
        if (message.text.n) buf_byte(&message.text, '\n');
        buf_add(&message.text, said.text);
        break;
    }
    if (batch_full(j)) {
      status = flush(j, false, &go_on);
      arena_reset(j->arena);
    }
  }
  end_message(j, &message, str_c(with));
  if (status == OK && go_on) status = flush(j, true, &go_on);
  buf_release(&message.text);
  return status;
}

/* ---- one import ------------------------------------------------------------------------------------------------------------ */

static enum status finish(struct job *j, enum status status) {
  struct problem why = j->p ? *j->p : (struct problem){0}, finish_problem = {0}, *kept = j->p;
  json_t *args = json_pack("{s:s}", "import", j->report->id), *result = NULL;
  if (status != OK || j->report->stopped) {
    bool told = status != OK && why.key[0];
    json_object_set_new(args, "error", json_pack("{s:s,s:s,s:s}", "key", told ? why.key : "import.stopped", "zh", told ? why.zh : "导入停了；已导入的都在，再导一次会接着来", "en",
                                                 told ? why.en : "The import stopped; what was imported stays, importing again goes on"));
  }
  j->p = &finish_problem;
  enum status ended = call(j, "import.finish", args, &result);
  j->p = kept;
  json_decref(result);
  if (status != OK) return status;
  if (ended != OK && j->p) *j->p = finish_problem;
  return ended;
}

static enum status work(struct job *j) {
  enum status status = text_reader_new(j->o->fd, &j->reader, j->p);
  if (status != OK) return finish(j, status);
  snprintf(j->report->encoding, sizeof j->report->encoding, "%s", text_encoding_name(text_reader_encoding(j->reader)));
  j->arena = arena_new(BATCH_ARENA);
  j->rows = json_array();
  j->rejects = json_array();
  j->zone_offset_ms = writer_state(j->w).zone_offset_ms;
  status = j->o->type == IMPORT_ORDERS ? run_orders(j) : run_chat(j);
  json_decref(j->rows);
  json_decref(j->rejects);
  json_decref(j->carry);
  json_decref(j->ignored);
  text_reader_free(j->reader);
  arena_free(j->arena);
  return finish(j, status);
}

enum status import_run(struct writer *w, const struct import_options *o, struct import_report *report, struct problem *p) {
  struct problem own = {0};
  struct job j = {.w = w, .o = o, .report = report, .p = p ? p : &own};
  *report = (struct import_report){.bytes = o->size};
  enum status status = begin(&j);
  return status == OK ? work(&j) : status;
}

enum status import_file(struct writer *w, enum import_type type, const char *path, const struct actor *actor,
                        bool (*go_on)(void *ctx, const struct import_report *report), void *ctx, struct import_report *report, struct problem *p) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat about;
  if (fd < 0 || fstat(fd, &about) != 0) {
    int why = errno;
    if (fd >= 0) close(fd);
    return problem_set(p, E_NOT_FOUND, "import.open", "打不开文件 %s：%s", "Cannot open %s: %s", path, strerror(why));
  }
  const char *slash = strrchr(path, '/');
  struct import_options o = {.type = type, .fd = fd, .size = about.st_size, .name = str_c(slash ? slash + 1 : path), .actor = *actor, .alone = true, .go_on = go_on, .ctx = ctx};
  enum status status = import_run(w, &o, report, p);
  close(fd);
  return status;
}

/* ---- beside the service ------------------------------------------------------------------------------------------------------ */

struct running {
  struct imports *all;
  pthread_t thread;
  bool used, over;
  struct import_options o;
  struct import_report report;
  struct arena *arena;
  struct problem problem;
};

struct imports {
  struct writer *w;
  pthread_mutex_t lock;
  bool stopping;
  struct running running[IMPORTS_MOST];
};

struct imports *imports_new(struct writer *w) {
  struct imports *s = calloc(1, sizeof *s);
  BUG_IF(!s);
  s->w = w;
  pthread_mutex_init(&s->lock, NULL);
  struct problem p = {0};
  const struct request recover = {.name = STR("import.recover"), .actor = {.type = ACTOR_SYSTEM}};
  if (writer_call(w, &recover, NULL, &p) != OK) log_warn("imports that were cut off could not be marked: %s", p.en);
  return s;
}

static bool keep_on(void *ctx, const struct import_report *report) {
  (void)report;
  struct running *r = ctx;
  pthread_mutex_lock(&r->all->lock);
  bool on = !r->all->stopping;
  pthread_mutex_unlock(&r->all->lock);
  return on;
}

static void *run_thread(void *ctx) {
  struct running *r = ctx;
  struct job j = {.w = r->all->w, .o = &r->o, .report = &r->report, .p = &r->problem};
  (void)!work(&j);
  close(r->o.fd);
  pthread_mutex_lock(&r->all->lock);
  r->over = true;
  pthread_mutex_unlock(&r->all->lock);
  return NULL;
}

static void join(struct running *r) {
  pthread_join(r->thread, NULL);
  arena_free(r->arena);
  *r = (struct running){0};
}

void imports_free(struct imports *s) {
  if (!s) return;
  pthread_mutex_lock(&s->lock);
  s->stopping = true;
  pthread_mutex_unlock(&s->lock);
  for (size_t i = 0; i < IMPORTS_MOST; i++)
    if (s->running[i].used) join(&s->running[i]);
  pthread_mutex_destroy(&s->lock);
  free(s);
}

static struct running *free_place(struct imports *s) {
  for (size_t i = 0; i < IMPORTS_MOST; i++) {
    if (s->running[i].used && s->running[i].over) join(&s->running[i]);
    if (!s->running[i].used) return &s->running[i];
  }
  return NULL;
}

static enum status start(struct imports *s, struct running *r, enum import_type type, int fd, i64 size, struct str name, const struct actor *actor, struct problem *p) {
  *r = (struct running){.all = s, .arena = arena_new(1024 * 1024)};
  struct actor copy = *actor;
  copy.id = arena_dup(r->arena, actor->id);
  copy.name = arena_dup(r->arena, actor->name);
  copy.role = arena_dup(r->arena, actor->role);
  copy.scopes = arena_dup(r->arena, actor->scopes);
  copy.session = arena_dup(r->arena, actor->session);
  copy.address = arena_dup(r->arena, actor->address);
  r->o = (struct import_options){.type = type, .fd = fd, .size = size, .name = arena_dup(r->arena, name), .actor = copy, .go_on = keep_on, .ctx = r};
  r->report = (struct import_report){.bytes = size};
  struct job j = {.w = s->w, .o = &r->o, .report = &r->report, .p = p};
  enum status status = begin(&j);
  if (status == OK && pthread_create(&r->thread, NULL, run_thread, r) != 0)
    status = problem_set(p, E_BUSY, "import.thread", "现在太忙，请稍后再导入", "Too busy now; import again later");
  if (status == OK) {
    r->used = true;
    return OK;
  }
  arena_free(r->arena);
  *r = (struct running){0};
  return status;
}

enum status imports_start(void *ctx, struct str kind, int owned_fd, i64 size, struct str name, const struct actor *actor, json_t **result, struct problem *p) {
  struct imports *s = ctx;
  enum import_type type;
  enum status status = OK;
  if (!import_type_find(kind, &type)) status = problem_set(p, E_INVALID, "import.type", "能导入订单（orders）和聊天记录（chat）", "Orders and chat logs (orders, chat) can be imported");
  pthread_mutex_lock(&s->lock);
  struct running *r = status == OK ? free_place(s) : NULL;
  if (status == OK && (!r || s->stopping))
    status = problem_set(p, E_BUSY, "import.busy", "已有 %d 个导入在进行，请等一个做完", "%d imports are running; wait until one is done", IMPORTS_MOST);
  if (status == OK) status = start(s, r, type, owned_fd, size, name, actor, p);
  if (status == OK) *result = json_pack("{s:s}", "id", r->report.id);
  pthread_mutex_unlock(&s->lock);
  if (status != OK) close(owned_fd);
  return status;
}
