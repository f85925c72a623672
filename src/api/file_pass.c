/* Signed links and tickets of attachments: keyed BLAKE2b with a key from DATA/secret.key. */
#include "api/file_pass.h"

#include "net/file_store.h"
#include "views/json.h"

#include <sodium.h>
#include <string.h>

enum { SIGN_BYTES = 16, DAY_S = 86400 };

static struct str sign(const struct api *api, struct arena *a, struct str text) {
  unsigned char mac[SIGN_BYTES];
  char *hex = arena_alloc(a, 2 * SIGN_BYTES + 1);
  (void)crypto_generichash(mac, sizeof mac, (const unsigned char *)text.p, text.n, api->file_key, sizeof api->file_key);
  sodium_bin2hex(hex, 2 * SIGN_BYTES + 1, mac, sizeof mac);
  return (struct str){hex, 2 * SIGN_BYTES};
}

static bool same(struct str x, struct str y) { return x.n == y.n && sodium_memcmp(x.p, y.p, y.n) == 0; }

static struct str link_sign(const struct api *api, struct arena *a, struct str id, i64 until_s) {
  return sign(api, a, arena_printf(a, "open %.*s %lld", STR_ARG(id), (long long)until_s));
}

struct str file_pass_link(const struct api *api, struct arena *a, struct str id) {
  i64 until = (api_now(api) / 1000 / DAY_S + 1 + FILE_PASS_DAYS) * DAY_S;
  return arena_printf(a, "/api/v1/files/%.*s?e=%lld&s=%.*s", STR_ARG(id), (long long)until, STR_ARG(link_sign(api, a, id, until)));
}

bool file_pass_opens(const struct api *api, struct arena *a, struct str id, struct str until, struct str given) {
  i64 until_s;
  if (!str_to_i64(until, &until_s) || until_s * 1000 < api_now(api)) return false;
  return same(given, link_sign(api, a, id, until_s));
}

struct str file_pass_ticket(const struct api *api, struct arena *a, struct str id, struct str customer) {
  return sign(api, a, arena_printf(a, "sent %.*s %.*s", STR_ARG(id), STR_ARG(customer)));
}

enum status file_pass_check(const struct api *api, struct arena *a, json_t *files, struct str customer, struct problem *p) {
  json_t *one;
  size_t i;
  json_array_foreach(files, i, one) {
    struct str id = json_arg(one, "id");
    if (!file_store_id(id) || !same(json_arg(one, "ticket"), file_pass_ticket(api, a, id, customer)))
      return problem_set(p, E_DENIED, "file.ticket", "这个附件不是您上传的，请重新选一次文件", "This attachment was not uploaded by you; choose the file again");
    json_object_del(one, "ticket");
  }
  return OK;
}

void file_pass_dress(const struct api *api, struct arena *a, json_t *messages) {
  json_t *message, *file;
  size_t i, k;
  json_array_foreach(messages, i, message) {
    json_array_foreach(json_object_get(message, "files"), k, file) {
      struct str id = json_arg(file, "id");
      if (file_store_id(id)) json_object_set_new(file, "link", json_of(file_pass_link(api, a, id)));
    }
  }
}
