/* Attachments: stored once, under an id that nobody can guess, with the type that their bytes show.
 *
 * What a browser may show is what cannot carry script (PNG, JPEG, GIF, WebP, PDF, plain text); all else, above all SVG and HTML,
 * is only ever a download. The id is the permission: 128 random bits, given to who may see the message. A file becomes
 * visible under its id only when it is complete and on disk. */
#include "api/api_internal.h"

#include "base/log.h"
#include "net/path.h"
#include "views/json.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_ID_BYTES = 16, FILE_NAME_CHARS = 120, SNIFF_BYTES = 512, META_MOST = 4096, COPY_BYTES = 64 * 1024 };

struct sniffed {
  const char *type;
  bool shown; /* inline */
  int width, height;
};

static int be16(const unsigned char *b) { return b[0] << 8 | b[1]; }
static int le16(const unsigned char *b) { return b[1] << 8 | b[0]; }

/* Width and height from the first frame header of a JPEG. */
static void jpeg_size(const unsigned char *b, size_t n, struct sniffed *s) {
  for (size_t at = 2; at + 9 < n && b[at] == 0xff;) {
    unsigned char marker = b[at + 1];
    if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
      s->height = be16(b + at + 5);
      s->width = be16(b + at + 7);
      return;
    }
    at += 2 + (size_t)be16(b + at + 2);
  }
}

static bool plain_text(struct str s) {
  /* The sample may end inside a character. */
  for (size_t cut = 0; cut < 4 && cut < s.n; cut++) {
    struct str t = str_slice(s, 0, s.n - cut);
    if (!str_utf8_valid(t)) continue;
    for (size_t i = 0; i < t.n; i++)
      if ((unsigned char)t.p[i] < 9) return false;
    /* Text that looks like a page is not shown as text either: old browsers guess. */
    return str_find(t, STR("<"), 0) == SIZE_MAX;
  }
  return s.n == 0;
}

static struct sniffed sniff(const unsigned char *b, size_t n) {
  struct sniffed s = {"application/octet-stream", false, 0, 0};
  if (n >= 24 && memcmp(b, "\x89PNG\r\n\x1a\n", 8) == 0)
    s = (struct sniffed){"image/png", true, be16(b + 18), be16(b + 22)};
  else if (n >= 4 && memcmp(b, "\xff\xd8\xff", 3) == 0)
    s = (struct sniffed){"image/jpeg", true, 0, 0};
  else if (n >= 10 && (memcmp(b, "GIF87a", 6) == 0 || memcmp(b, "GIF89a", 6) == 0))
    s = (struct sniffed){"image/gif", true, le16(b + 6), le16(b + 8)};
  else if (n >= 12 && memcmp(b, "RIFF", 4) == 0 && memcmp(b + 8, "WEBP", 4) == 0)
    s = (struct sniffed){"image/webp", true, 0, 0};
  else if (n >= 5 && memcmp(b, "%PDF-", 5) == 0)
    s = (struct sniffed){"application/pdf", true, 0, 0};
  else if (plain_text((struct str){(const char *)b, n < SNIFF_BYTES ? n : SNIFF_BYTES}))
    s = (struct sniffed){"text/plain; charset=utf-8", true, 0, 0};
  if (strcmp(s.type, "image/jpeg") == 0) jpeg_size(b, n, &s);
  return s;
}

static bool id_valid(struct str id) {
  if (id.n != 1 + 2 * FILE_ID_BYTES || id.p[0] != 'f') return false;
  for (size_t i = 1; i < id.n; i++)
    if (!((id.p[i] >= '0' && id.p[i] <= '9') || (id.p[i] >= 'a' && id.p[i] <= 'f'))) return false;
  return true;
}

static const char *path_of(struct api *api, struct arena *a, struct str id, const char *suffix) {
  return arena_printf(a, "%.*s/files/%.2s/%.*s%s", STR_ARG(api->config.data_dir), id.p + 1, STR_ARG(id), suffix).p;
}

/* Last part of a name, without what file systems and headers dislike. */
static struct str clean_name(struct arena *a, struct str name) {
  struct buf b;
  buf_init(&b, 1024);
  size_t chars = 0;
  u32 c;
  for (size_t at = 0, n; (n = str_decode(name, at, &c)) > 0 && chars < FILE_NAME_CHARS; at += n) {
    if (c == '/' || c == '\\') {
      b.n = 0;
      chars = 0;
    } else if (c >= 32 && c != 127 && c != 0xfffd) {
      buf_code_point(&b, c);
      chars++;
    }
  }
  struct str out = str_trim(arena_buf(a, &b));
  buf_release(&b);
  return out.n > 0 ? out : STR("file");
}

static enum status write_all(int fd, const char *p, size_t n) {
  while (n > 0) {
    ssize_t done = write(fd, p, n < COPY_BYTES ? n : COPY_BYTES);
    if (done < 0) return errno == ENOSPC || errno == EDQUOT ? E_FULL : E_IO;
    p += done;
    n -= (size_t)done;
  }
  return OK;
}

/* Write, sync, give the final name: afterwards it is there whatever happens. */
static enum status store_file(const char *path, struct str content) {
  char temporary[4096];
  if (snprintf(temporary, sizeof temporary, "%s.part", path) >= (int)sizeof temporary) return E_IO;
  int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return errno == ENOSPC ? E_FULL : E_IO;
  enum status status = write_all(fd, content.p, content.n);
  if (status == OK && fsync(fd) != 0) status = E_IO;
  close(fd);
  if (status == OK && rename(temporary, path) != 0) status = E_IO;
  if (status != OK) unlink(temporary);
  return status;
}

static enum status keep(struct api_call *c, struct arena *a, struct str content, struct str name, json_t **result) {
  unsigned char random[FILE_ID_BYTES];
  char hex[2 * FILE_ID_BYTES + 1];
  randombytes_buf(random, sizeof random);
  sodium_bin2hex(hex, sizeof hex, random, sizeof random);
  struct str id = arena_printf(a, "f%s", hex);
  struct sniffed s = sniff((const unsigned char *)content.p, content.n);
  name = clean_name(a, name);
  const char *dir = arena_printf(a, "%.*s/files", STR_ARG(c->api->config.data_dir)).p;
  if (mkdir(dir, 0700) != 0 && errno != EEXIST) return E_IO;
  dir = arena_printf(a, "%s/%.2s", dir, hex).p;
  if (mkdir(dir, 0700) != 0 && errno != EEXIST) return E_IO;
  json_t *meta = json_pack("{s:o,s:o,s:s,s:I,s:b}", "id", json_of(id), "name", json_of(name), "type", s.type, "size", (json_int_t)content.n, "shown", (int)s.shown);
  if (s.width > 0) json_object_set_new(meta, "w", json_integer(s.width));
  if (s.height > 0) json_object_set_new(meta, "h", json_integer(s.height));
  char *text = json_dumps(meta, JSON_COMPACT);
  BUG_IF(text == NULL);
  enum status status = store_file(path_of(c->api, a, id, ".json"), str_c(text));
  if (status == OK) status = store_file(path_of(c->api, a, id, ""), content);
  free(text);
  if (status == OK) {
    json_object_del(meta, "shown");
    *result = meta;
  } else {
    json_decref(meta);
  }
  return status;
}

static void do_upload(void *ctx, struct store *s, struct arena *a) {
  (void)s;
  struct api_call *c = ctx;
  struct http_request *r = c->r;
  struct str name = STR("");
  (void)!path_decode(a, r->headers[HTTP_H_FILE_NAME], false, &name);
  if (r->body_fd < 0 || r->body_size == 0) {
    api_answer_status(c, problem_set(&c->problem, E_INVALID, "file.empty", "文件是空的", "The file is empty"), &c->problem);
    return;
  }
  void *map = mmap(NULL, (size_t)r->body_size, PROT_READ, MAP_PRIVATE, r->body_fd, 0);
  if (map == MAP_FAILED) {
    api_answer_status(c, E_IO, NULL);
    return;
  }
  struct str content = {map, (size_t)r->body_size};
  enum status status = OK;
  json_t *result = NULL;
  if (str_starts(r->headers[HTTP_H_CONTENT_TYPE], STR("multipart/form-data"))) {
    struct path_part part;
    if (path_multipart(a, r->headers[HTTP_H_CONTENT_TYPE], content, &part)) {
      content = part.content;
      if (part.file_name.n > 0) name = part.file_name;
    } else {
      status = problem_set(&c->problem, E_INVALID, "file.form", "上传的表单不完整", "The uploaded form is incomplete");
    }
  }
  if (status == OK) status = keep(c, a, content, name, &result);
  munmap(map, (size_t)r->body_size);
  if (status != OK) {
    if (status == E_IO || status == E_FULL) log_error("cannot store an attachment: %m");
    api_answer_status(c, status, &c->problem);
    return;
  }
  api_answer(c, 200, result);
}

void api_upload(struct api_call *c) {
  if (!pool_submit(c->api->slow, do_upload, c)) api_answer_status(c, E_BUSY, NULL);
}

static void do_download(void *ctx, struct store *s, struct arena *a) {
  (void)s;
  struct api_call *c = ctx;
  struct str id = json_arg(c->args, "id");
  int fd = open(path_of(c->api, a, id, ""), O_RDONLY | O_CLOEXEC);
  struct stat st;
  json_error_t error;
  json_t *meta = json_load_file(path_of(c->api, a, id, ".json"), 0, &error);
  if (fd < 0 || fstat(fd, &st) != 0 || meta == NULL) {
    if (fd >= 0) close(fd);
    json_decref(meta);
    api_answer_status(c, E_NOT_FOUND, NULL);
    return;
  }
  bool shown = json_is_true(json_object_get(meta, "shown")) && json_object_get(c->args, "download") == NULL;
  struct arena *ra = c->r->arena;
  struct str name = arena_dup(ra, json_arg(meta, "name"));
  struct str type = shown ? arena_dup(ra, json_arg(meta, "type")) : STR("application/octet-stream");
  json_decref(meta);
  api_header(c, "Content-Disposition: %s; filename*=UTF-8''%s", shown ? "inline" : "attachment", arena_cstr(ra, path_encode(ra, name)));
  api_header(c, "Cache-Control: private, max-age=31536000, immutable");
  if (st.st_size == 0) {
    close(fd);
    api_answer_bytes(c, 200, type, STR(""), NULL);
    return;
  }
  api_answer_file(c, type, fd, st.st_size);
}

void api_download(struct api_call *c) {
  if (!id_valid(json_arg(c->args, "id"))) {
    api_answer_status(c, E_NOT_FOUND, NULL);
    return;
  }
  if (!pool_submit(c->api->slow, do_download, c)) api_answer_status(c, E_BUSY, NULL);
}

/* ---- imports ------------------------------------------------------------------------------------------------------ */

static void do_import(void *ctx, struct store *s, struct arena *a) {
  (void)s;
  struct api_call *c = ctx;
  struct str name = STR("");
  (void)!path_decode(a, c->r->headers[HTTP_H_FILE_NAME], false, &name);
  if (c->r->body_fd < 0 || c->r->body_size == 0) {
    api_answer_status(c, problem_set(&c->problem, E_INVALID, "file.empty", "文件是空的", "The file is empty"), &c->problem);
    return;
  }
  json_t *result = NULL;
  int fd = fcntl(c->r->body_fd, F_DUPFD_CLOEXEC, 0);
  enum status status = fd < 0 ? E_IO : OK;
  if (status == OK)
    status = c->api->import(c->api->import_ctx, json_arg(c->args, "kind"), fd, c->r->body_size, clean_name(a, name), &c->session.actor,
                                   &result, &c->problem);
  if (status != OK)
    api_answer_status(c, status, &c->problem);
  else
    api_answer(c, 202, result);
}

void api_import(struct api_call *c) {
  struct str kind = json_arg(c->args, "kind");
  struct writer_state state = writer_state(c->api->config.writer);
  bool orders = str_is(kind, "orders"), chat = str_is(kind, "chat");
  if ((!orders && !chat) || c->api->import == NULL) {
    api_answer_status(c, E_NOT_FOUND, NULL);
    return;
  }
  if (!view_may(state.program, &c->session.actor, orders ? STR("订单.导入") : STR("会话.导入"))) {
    api_answer_status(c, E_DENIED, NULL);
    return;
  }
  if (!pool_submit(c->api->slow, do_import, c)) api_answer_status(c, E_BUSY, NULL);
}
