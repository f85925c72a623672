/* Attachments on disk: stored once, under an id that nobody can guess, with the type that their bytes show.
 *
 * Nothing scans for viruses: who wants that scans DATA/files, or stands a scanner before the service (docs/widget.md).
 * What a browser may show is what cannot carry script (PNG, JPEG, GIF, WebP, PDF, plain text); all else, above all SVG and HTML,
 * is only ever a download. A file becomes visible under its id only when it is complete and on disk. Nothing is ever unpacked. */
#include "net/file_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
  FILE_ID_BYTES = 16, FILE_NAME_CHARS = 120, SNIFF_BYTES = 512, COPY_BYTES = 64 * 1024,
  PICTURE_SIDE_MOST = 20000,          /* a picture beyond these is a download: decoding it would eat the memory of who looks */
  PICTURE_AREA_MOST = 60 * 1000 * 1000,
};

struct sniffed {
  const char *type;
  bool shown; /* inline */
  i64 width, height;
};

static int be16(const unsigned char *b) { return b[0] << 8 | b[1]; }
static int le16(const unsigned char *b) { return b[1] << 8 | b[0]; }
static i64 be32(const unsigned char *b) { return (i64)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3]; }
static int le24(const unsigned char *b) { return b[2] << 16 | b[1] << 8 | b[0]; }

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

/* Width and height of the three kinds of WebP (developers.google.com/speed/webp/docs/riff_container). */
static void webp_size(const unsigned char *b, size_t n, struct sniffed *s) {
  if (n < 30) return;
  if (memcmp(b + 12, "VP8X", 4) == 0) {
    s->width = le24(b + 24) + 1;
    s->height = le24(b + 27) + 1;
  } else if (memcmp(b + 12, "VP8L", 4) == 0) {
    s->width = (b[21] | (b[22] & 0x3f) << 8) + 1;
    s->height = (b[22] >> 6 | b[23] << 2 | (b[24] & 0x0f) << 10) + 1;
  } else if (memcmp(b + 12, "VP8 ", 4) == 0) {
    s->width = le16(b + 26) & 0x3fff;
    s->height = le16(b + 28) & 0x3fff;
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
    s = (struct sniffed){"image/png", true, be32(b + 16), be32(b + 20)};
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
  if (strcmp(s.type, "image/webp") == 0) webp_size(b, n, &s);
  bool picture = str_starts(str_c(s.type), STR("image/"));
  if (picture && (s.width > PICTURE_SIDE_MOST || s.height > PICTURE_SIDE_MOST || s.width * s.height > PICTURE_AREA_MOST)) {
    s.type = "application/octet-stream";
    s.shown = false;
  }
  return s;
}

bool file_store_id(struct str id) {
  if (id.n != 1 + 2 * FILE_ID_BYTES || id.p[0] != 'f') return false;
  for (size_t i = 1; i < id.n; i++)
    if (!((id.p[i] >= '0' && id.p[i] <= '9') || (id.p[i] >= 'a' && id.p[i] <= 'f'))) return false;
  return true;
}

const char *file_store_path(struct arena *a, struct str data_dir, struct str id, const char *suffix) {
  return arena_printf(a, "%.*s/files/%.2s/%.*s%s", STR_ARG(data_dir), id.p + 1, STR_ARG(id), suffix).p;
}

/* Marks that turn the direction of writing or show nothing: they can make "exe.gpj" read "jpg.exe". */
static bool turns_text(u32 c) { return c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff; }

/* Last part of a name, without what file systems and headers dislike. */
struct str file_store_name(struct arena *a, struct str name) {
  struct buf b;
  buf_init(&b, 1024);
  size_t chars = 0;
  u32 c;
  for (size_t at = 0, n; (n = str_decode(name, at, &c)) > 0 && chars < FILE_NAME_CHARS; at += n) {
    if (c == '/' || c == '\\') {
      b.n = 0;
      chars = 0;
    } else if (c == '.' && chars == 0) {
      continue; /* hidden files, "..": no */
    } else if (c >= 32 && !(c >= 127 && c < 160) && c != 0xfffd && !turns_text(c)) {
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

/* ---- room ------------------------------------------------------------------------------------------------------------ */

/* One desk, one store of files: what it holds is counted once, when the first file comes, and kept up to date from then on. */
static struct {
  pthread_mutex_t mutex;
  char dir[4096];
  i64 used, most;
} room = {.mutex = PTHREAD_MUTEX_INITIALIZER, .most = FILE_STORE_ROOM};

void file_store_bound(i64 most) {
  pthread_mutex_lock(&room.mutex);
  room.most = most > 0 ? most : FILE_STORE_ROOM;
  pthread_mutex_unlock(&room.mutex);
}

static i64 size_below(const char *dir) {
  i64 sum = 0;
  DIR *d = opendir(dir);
  for (struct dirent *one; d && (one = readdir(d));) {
    struct stat st;
    if (one->d_name[0] == '.' || fstatat(dirfd(d), one->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISREG(st.st_mode)) sum += (i64)st.st_size;
    char below[4096];
    if (S_ISDIR(st.st_mode) && snprintf(below, sizeof below, "%s/%s", dir, one->d_name) < (int)sizeof below) sum += size_below(below);
  }
  if (d) closedir(d);
  return sum;
}

enum status file_store_room(struct arena *a, struct str data_dir, i64 size, struct problem *p) {
  const char *dir = arena_printf(a, "%.*s/files", STR_ARG(data_dir)).p;
  struct statvfs disk;
  pthread_mutex_lock(&room.mutex);
  if (strcmp(room.dir, dir) != 0 && strlen(dir) < sizeof room.dir) {
    memcpy(room.dir, dir, strlen(dir) + 1);
    room.used = size_below(dir);
  }
  i64 used = room.used, most = room.most;
  pthread_mutex_unlock(&room.mutex);
  if (used + size > most)
    return problem_set(p, E_FULL, "file.quota", "附件空间满了：最多放 %lld MB。文字照常能发；请管理员加大 --files-mb，或清理旧附件",
                       "The room for attachments is full (%lld MB). Words can still be sent; ask the administrator to raise --files-mb or to remove old files", (long long)(most >> 20));
  if (statvfs(arena_cstr(a, data_dir), &disk) == 0 && (i64)disk.f_bavail * (i64)disk.f_frsize < size + FILE_STORE_LEAVES)
    return problem_set(p, E_FULL, "file.disk", "服务器的磁盘快满了，附件先收不了；文字照常能发", "The disk of the server is nearly full and takes no attachments; words can still be sent");
  return OK;
}

static void room_took(const char *path, i64 size) {
  pthread_mutex_lock(&room.mutex);
  if (room.dir[0] && strncmp(path, room.dir, strlen(room.dir)) == 0) room.used += size;
  pthread_mutex_unlock(&room.mutex);
}

enum status file_store_keep(struct arena *a, struct str data_dir, struct str content, struct str name, json_t **result) {
  unsigned char random[FILE_ID_BYTES];
  char hex[2 * FILE_ID_BYTES + 1];
  randombytes_buf(random, sizeof random);
  sodium_bin2hex(hex, sizeof hex, random, sizeof random);
  struct str id = arena_printf(a, "f%s", hex);
  struct sniffed s = sniff((const unsigned char *)content.p, content.n);
  name = file_store_name(a, name);
  const char *dir = arena_printf(a, "%.*s/files", STR_ARG(data_dir)).p;
  if (mkdir(dir, 0700) != 0 && errno != EEXIST) return E_IO;
  dir = arena_printf(a, "%s/%.2s", dir, hex).p;
  if (mkdir(dir, 0700) != 0 && errno != EEXIST) return E_IO;
  json_t *meta = json_pack("{s:o,s:o,s:s,s:I,s:b}", "id", json_stringn(id.p, id.n), "name", json_stringn(name.p, name.n), "type", s.type, "size", (json_int_t)content.n, "shown", (int)s.shown);
  if (s.width > 0) json_object_set_new(meta, "w", json_integer((json_int_t)s.width));
  if (s.height > 0) json_object_set_new(meta, "h", json_integer((json_int_t)s.height));
  char *text = json_dumps(meta, JSON_COMPACT);
  BUG_IF(text == NULL);
  enum status status = store_file(file_store_path(a, data_dir, id, ".json"), str_c(text));
  if (status == OK) status = store_file(file_store_path(a, data_dir, id, ""), content);
  if (status == OK) room_took(dir, (i64)content.n);
  free(text);
  if (status == OK) {
    json_object_del(meta, "shown");
    *result = meta;
  } else {
    json_decref(meta);
  }
  return status;
}

enum status file_store_load(struct arena *a, struct str data_dir, struct str id, size_t most, struct str *content, struct str *name, struct str *type) {
  struct stat st;
  if (!file_store_id(id)) return E_NOT_FOUND;
  int fd = open(file_store_path(a, data_dir, id, ""), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return E_NOT_FOUND;
  enum status status = fstat(fd, &st) != 0 ? E_IO : (size_t)st.st_size > most ? E_TOO_LARGE : OK;
  size_t n = 0, size = status == OK ? (size_t)st.st_size : 0;
  char *bytes = arena_alloc(a, size + 1);
  while (status == OK && n < size) {
    ssize_t got = read(fd, bytes + n, size - n);
    if (got <= 0) status = E_IO;
    else n += (size_t)got;
  }
  close(fd);
  json_error_t error;
  json_t *meta = json_load_file(file_store_path(a, data_dir, id, ".json"), 0, &error);
  *content = (struct str){bytes, n};
  *name = arena_dup(a, str_c(json_string_value(json_object_get(meta, "name"))));
  *type = arena_dup(a, str_c(json_string_value(json_object_get(meta, "type"))));
  json_decref(meta);
  return status;
}
