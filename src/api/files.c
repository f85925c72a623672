/* Attachments over HTTP: in, and out again (net/file_store.h keeps them). Ids are 128 random bits, told to who may see the message;
 * staff open them with their session or key, customers with a signed link (file_pass.h): an id alone opens nothing. What may carry
 * script is only ever a download. */
#include "api/api_internal.h"

#include "api/file_pass.h"
#include "base/log.h"
#include "net/file_store.h"
#include "net/path.h"
#include "views/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

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
  if (status == OK) status = file_store_room(a, c->api->config.data_dir, (i64)content.n, &c->problem);
  if (status == OK) status = file_store_keep(a, c->api->config.data_dir, content, name, &result);
  munmap(map, (size_t)r->body_size);
  if (status != OK) {
    if (status == E_IO || (status == E_FULL && !c->problem.key[0])) log_error("cannot store an attachment: %m");
    api_answer_status(c, status, &c->problem);
    return;
  }
  if (c->session.actor.type == ACTOR_CUSTOMER) {
    struct arena *ra = c->r->arena;
    struct str id = json_arg(result, "id");
    json_object_set_new(result, "ticket", json_of(file_pass_ticket(c->api, ra, id, c->session.actor.id)));
    json_object_set_new(result, "link", json_of(file_pass_link(c->api, ra, id)));
  }
  api_answer(c, 200, result);
}

/* Visitors may upload at a measured pace, each and together from one address. */
static bool may_upload_now(struct api_call *c) {
  struct api *api = c->api;
  if (c->session.actor.type != ACTOR_CUSTOMER || api->config.unlimited) return true;
  i64 now = api_now(api);
  if (limit_take(api->uploads, c->session.actor.id, now) == 0 && limit_take(api->uploads_address, c->r->peer, now) == 0) return true;
  api_answer_status(c, problem_set(&c->problem, E_BUSY, "file.often", "文件发得太快了，请过一分钟再发", "Files come too fast; try again in a minute"), &c->problem);
  return false;
}

void api_upload(struct api_call *c) {
  if (!may_upload_now(c)) return;
  if (!pool_submit(c->api->slow, do_upload, c)) api_answer_status(c, E_BUSY, NULL);
}

static void do_download(void *ctx, struct store *s, struct arena *a) {
  (void)s;
  struct api_call *c = ctx;
  struct str id = json_arg(c->args, "id");
  int fd = open(file_store_path(a, c->api->config.data_dir, id, ""), O_RDONLY | O_CLOEXEC);
  struct stat st;
  json_error_t error;
  json_t *meta = json_load_file(file_store_path(a, c->api->config.data_dir, id, ".json"), 0, &error);
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

static void download(struct api_call *c) {
  if (!pool_submit(c->api->slow, do_download, c)) api_answer_status(c, E_BUSY, NULL);
}

void api_download(struct api_call *c) {
  struct str id = json_arg(c->args, "id"), sign = json_arg(c->args, "s");
  if (!file_store_id(id)) {
    api_answer_status(c, E_NOT_FOUND, NULL);
  } else if (sign.n == 0) {
    c->then = download;
    api_authenticate(c);
  } else if (file_pass_opens(c->api, c->r->arena, id, json_arg(c->args, "e"), sign)) {
    download(c);
  } else {
    api_answer_status(c, problem_set(&c->problem, E_DENIED, "file.link", "这个链接过期了，请回到聊天窗口重新打开", "This link has expired; open the file again from the chat"), &c->problem);
  }
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
    status = c->api->import(c->api->import_ctx, json_arg(c->args, "kind"), fd, c->r->body_size, file_store_name(a, name), &c->session.actor,
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
