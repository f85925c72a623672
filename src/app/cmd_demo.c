/* The command around the demo shop (demo.c): an empty data folder, a clock that can be moved, one picture that serves as every
 * photo, and a note on how to log in. Leaves a folder that `guiju serve` opens like any other. */
#include "app/cmd_demo.h"

#include "app/cmd_month.h"
#include "app/demo_life.h"
#include "app/tree.h"
#include "app/wiring.h"
#include "base/log.h"
#include "channels/import.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { PICTURE_WIDTH = 320, PICTURE_HEIGHT = 200, PATH_MOST = 3900 };
#define PICTURE_ID "fde3000000000000000000000000000de"
static const size_t DEMO_MEMORY = (size_t)1 << 28;

static i64 demo_clock(void *ctx) { return ((const struct demo *)ctx)->now; }

void demo_import_orders(struct demo *d, struct str csv) {
  struct problem p = {0};
  struct import_report report = {0};
  int fd = memfd_create("orders", MFD_CLOEXEC);
  if (fd < 0 || write(fd, csv.p, csv.n) != (ssize_t)csv.n) {
    log_warn("demo: orders: %s", strerror(errno));
    if (fd >= 0) close(fd);
    return;
  }
  const struct import_options o = {.type = IMPORT_ORDERS, .fd = fd, .size = (i64)csv.n, .name = STR("订单.csv"), .actor = d->people[1]};
  if (import_run(d->writer, &o, &report, &p) != OK || report.rejected > 0) log_warn("demo: orders: %s (%lld refused)", p.en, (long long)report.rejected);
  close(fd);
}

/* ---- a picture: a tidy desk, drawn ---------------------------------------------------------------------------------- */

static void chunk(struct buf *png, const char *type, const unsigned char *data, size_t n) {
  unsigned char head[8] = {(unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8), (unsigned char)n};
  memcpy(head + 4, type, 4);
  uLong crc = crc32(crc32(0, head + 4, 4), data, (uInt)n);
  unsigned char tail[4] = {(unsigned char)(crc >> 24), (unsigned char)(crc >> 16), (unsigned char)(crc >> 8), (unsigned char)crc};
  buf_add(png, (struct str){(char *)head, 8});
  buf_add(png, (struct str){(const char *)data, n});
  buf_add(png, (struct str){(char *)tail, 4});
}

static void draw(unsigned char *pixel, int x, int y) {
  int r = 224 - y / 8, g = 230 - y / 8, b = 222 - y / 8; /* wall */
  if (y > 130) r = 150 + (x * 7 + y * 3) % 9, g = 104 + (x * 7 + y * 3) % 7, b = 66; /* wood */
  if (x > 96 && x < 224 && y > 44 && y < 124) r = 40, g = 48, b = 46;               /* screen */
  if (x > 102 && x < 218 && y > 50 && y < 118) r = 27 + y / 4, g = 106, b = 87;
  if (x > 150 && x < 170 && y >= 124 && y < 136) r = g = b = 90;
  if ((x - 258) * (x - 258) + (y - 142) * (y - 142) < 190) r = 236, g = 236, b = 230; /* cup */
  if (x > 40 && x < 86 && y > 118 && y < 142) r = 58, g = 76, b = 158;                /* book */
  pixel[0] = (unsigned char)r, pixel[1] = (unsigned char)g, pixel[2] = (unsigned char)b;
}

static enum status store_picture(const char *data, struct problem *p) {
  static const unsigned char header[13] = {0, 0, PICTURE_WIDTH >> 8, PICTURE_WIDTH & 255, 0, 0, 0, PICTURE_HEIGHT, 8, 2, 0, 0, 0};
  static unsigned char raw[PICTURE_HEIGHT * (1 + PICTURE_WIDTH * 3)];
  uLongf packed_n = compressBound(sizeof raw);
  unsigned char *packed = malloc(packed_n);
  struct buf png;
  char path[PATH_MOST + 100];
  BUG_IF(packed == NULL);
  for (int y = 0; y < PICTURE_HEIGHT; y++)
    for (int x = 0; x < PICTURE_WIDTH; x++) draw(raw + y * (1 + PICTURE_WIDTH * 3) + 1 + x * 3, x, y);
  BUG_IF(compress2(packed, &packed_n, raw, sizeof raw, 9) != Z_OK);
  buf_init(&png, 1 << 20);
  buf_add(&png, (struct str){"\x89PNG\r\n\x1a\n", 8});
  chunk(&png, "IHDR", header, sizeof header);
  chunk(&png, "IDAT", packed, packed_n);
  chunk(&png, "IEND", (const unsigned char *)"", 0);
  free(packed);
  (void)snprintf(path, sizeof path, "%s/files", data);
  (void)mkdir(path, 0700);
  (void)snprintf(path, sizeof path, "%s/files/%.2s", data, PICTURE_ID + 1);
  (void)mkdir(path, 0700);
  (void)snprintf(path, sizeof path, "%s/files/%.2s/%s", data, PICTURE_ID + 1, PICTURE_ID);
  FILE *f = fopen(path, "wb");
  bool good = f && fwrite(png.p, 1, png.n, f) == png.n;
  if (f) good = fclose(f) == 0 && good;
  (void)snprintf(path, sizeof path, "%s/files/%.2s/%s.json", data, PICTURE_ID + 1, PICTURE_ID);
  f = good ? fopen(path, "wb") : NULL;
  good = f && fprintf(f, "{\"id\":\"%s\",\"name\":\"打扫.png\",\"type\":\"image/png\",\"size\":%zu,\"shown\":true,\"w\":%d,\"h\":%d}", PICTURE_ID, png.n,
                      PICTURE_WIDTH, PICTURE_HEIGHT) > 0;
  if (f) good = fclose(f) == 0 && good;
  buf_release(&png);
  return good ? OK : problem_set(p, E_IO, "demo.files", "数据目录写不进去：%s", "The data folder cannot be written: %s", strerror(errno));
}

/* ---- the command -------------------------------------------------------------------------------------------------------- */

static void leave_note(const char *data) {
  char path[PATH_MOST + 20];
  (void)snprintf(path, sizeof path, "%s/LOGIN.txt", data);
  static const char text[] =
      "演示部门“青禾家居”，密码都是 " DEMO_PASSWORD "。用工号登录：\n"
      "Demo desk; every password is " DEMO_PASSWORD ". Sign in with a job number:\n"
      "  101 林晓 客服 (agent)   003 陈嘉 组长 (leader)   002 方敏 主管 (supervisor)   001 周远 部门经理 (manager, owner)\n"
      "  顾客的页面 customer's page: /shop\n";
  FILE *f = fopen(path, "w");
  if (f == NULL) return;
  (void)fputs(text, f);
  (void)fclose(f);
}

static enum status source_of(struct demo *d, const char *rulebooks, struct problem *p) {
  struct wiring_template *templates;
  size_t count;
  enum status status = wiring_templates(d->arena, rulebooks, &templates, &count, p);
  for (size_t i = 0; status == OK && i < count; i++)
    if (str_is(templates[i].id, "c14")) return d->source = templates[i].source, OK;
  return status != OK ? status : problem_set(p, E_NOT_FOUND, "demo.book", "找不到制度 c14", "Rulebook c14 is not there");
}

static int play(const char *data, const char *rulebooks, struct demo *d, const struct month_ask *month) {
  struct problem p = {0};
  char path[PATH_MOST + 20];
  enum status status = OK;
  d->arena = arena_new(DEMO_MEMORY);
  d->picture = PICTURE_ID;
  (void)snprintf(path, sizeof path, "%s/desk.db", data);
  if (!tree_make(data)) {
    status = problem_set(&p, E_IO, "demo.folder", "建不了数据目录 %s：%s", "The data folder %s cannot be made: %s", data, strerror(errno));
  } else if (access(path, F_OK) == 0) {
    status = problem_set(&p, E_CONFLICT, "demo.exists", "%s 已经在了：演示数据要放在空目录里", "%s is there already: the demo needs an empty folder", path);
  }
  if (status == OK) status = source_of(d, rulebooks, &p);
  if (status == OK) status = store_picture(data, &p);
  if (status == OK && month && month->live) status = demo_life_mark(data, &p);
  if (status == OK && month) {
    status = month_fill(d, path, month, &p);
    if (status == OK) leave_note(data);
    else (void)fprintf(stderr, "%s\n%s\n", p.zh, p.en);
    writer_close(d->writer);
    arena_free(d->arena);
    return status == OK ? 0 : 1;
  }
  if (status == OK) {
    struct writer_options o = wiring_writer_options(d->arena, str_c(path));
    o.clock = demo_clock;
    o.clock_ctx = d;
    status = writer_open(&o, &d->writer, &p);
  }
  if (status == OK) status = demo_play(d, &p);
  if (status == OK) {
    struct writer_state state = writer_state(d->writer);
    (void)printf("演示数据 / demo: %lld events, %d conversations, %d orders, %d refusals\n", (long long)state.last_seq, d->talk_count, d->order_count, d->refused);
    leave_note(data);
  } else {
    (void)fprintf(stderr, "%s\n%s\n", p.zh, p.en);
  }
  writer_close(d->writer);
  arena_free(d->arena);
  return status == OK ? 0 : 1;
}

static bool count_of(struct month_ask *ask, const char *option, const char *text) {
  i64 *where = strcmp(option, "--agents") == 0 ? &ask->agents : strcmp(option, "--conversations") == 0 ? &ask->conversations : strcmp(option, "--messages") == 0 ? &ask->messages : NULL;
  return where && str_to_i64(str_c(text), where) && *where > 0;
}

int cmd_demo(int argc, char **argv) {
  const char *data = NULL, *rulebooks = NULL;
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  struct demo d = {.seed = 20260305, .zone = 8 * MS_HOUR, .start_of_now = (i64)t.tv_sec * 1000};
  struct month_ask ask = {0};
  bool month = false, wrong = false;
  for (int i = 1; i < argc; i++) {
    bool more = i + 1 < argc;
    i64 n;
    if (strcmp(argv[i], "--data") == 0 && more) data = argv[++i];
    else if (strcmp(argv[i], "--rulebooks") == 0 && more) rulebooks = argv[++i];
    else if (strcmp(argv[i], "--seed") == 0 && more && str_to_i64(str_c(argv[i + 1]), &n)) d.seed = (u64)n, i++;
    else if (strcmp(argv[i], "--now") == 0 && more && instant_parse(str_c(argv[i + 1]), d.zone, &n)) d.start_of_now = n, i++;
    else if (strcmp(argv[i], "--loud") == 0) d.loud = true;
    else if (strcmp(argv[i], "--month") == 0) month = true;
    else if (strcmp(argv[i], "--live") == 0) ask.live = true;
    else if (strcmp(argv[i], "--plain") == 0) ask.plain = true;
    else if (more && count_of(&ask, argv[i], argv[i + 1])) i++;
    else wrong = true;
  }
  if (wrong || data == NULL || strlen(data) > PATH_MOST) {
    (void)fputs("用法 usage: guiju demo --data DIR [--rulebooks DIR] [--seed N] [--now \"2026-03-05 14:26\"] [--loud]\n"
                "            [--month [--live] [--agents N] [--conversations N] [--messages N] [--plain]]\n", stderr);
    return 2;
  }
  log_threshold(d.loud ? LOG_INFO_LEVEL : LOG_WARN_LEVEL);
  return play(data, rulebooks, &d, month ? &ask : NULL);
}
