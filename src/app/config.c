/* Options of `guiju serve`. Every mistake is named; nothing is guessed. */
#include "app/config.h"

#include <stdlib.h>
#include <string.h>

enum { PORT_DEFAULT = 8080, PORT_MOST = 65535, FILES_MB_MOST = 100 * 1024 * 1024, READERS_MOST = 64 };

/* "127.0.0.1:8080", ":8080", "[::1]:8080", "8080". */
static enum status parse_listen(struct arena *a, const char *text, struct config *c, struct problem *p) {
  const char *colon = strrchr(text, ':');
  struct str port = str_c(colon ? colon + 1 : text), address = colon ? (struct str){text, (size_t)(colon - text)} : STR("");
  i64 number;
  if (address.n >= 2 && address.p[0] == '[' && address.p[address.n - 1] == ']') address = str_slice(address, 1, address.n - 1);
  if (!str_to_i64(port, &number) || number < 1 || number > PORT_MOST)
    return problem_set(p, E_INVALID, "config.listen", "--listen 应为 地址:端口，例如 127.0.0.1:8080，而不是“%s”",
                       "--listen wants ADDRESS:PORT such as 127.0.0.1:8080, not “%s”", text);
  c->port = (int)number;
  c->address = address.n > 0 && !str_is(address, "*") ? arena_cstr(a, address) : NULL;
  if (colon == NULL) c->address = "127.0.0.1";
  return OK;
}

enum status config_parse(struct arena *a, int argc, char **argv, struct config *out, struct problem *p) {
  *out = (struct config){.data = "data", .address = "127.0.0.1", .port = PORT_DEFAULT};
  const struct {
    const char *name;
    const char **value;
  } texts[] = {{"--data", &out->data}, {"--web", &out->web}, {"--rulebooks", &out->rulebooks}, {"--cert", &out->cert}, {"--key", &out->key}, {"--clock", &out->clock}};
  const char *listen = NULL, *database = NULL, *readers = NULL, *files_mb = NULL;
  for (int i = 1; i < argc; i++) {
    const char *name = argv[i];
    if (strcmp(name, "--behind-proxy") == 0) {
      out->behind_proxy = true;
      continue;
    }
    if (strcmp(name, "--no-limits") == 0) {
      out->no_limits = true;
      continue;
    }
    const char **value = strcmp(name, "--listen") == 0     ? &listen
                         : strcmp(name, "--database") == 0 ? &database
                         : strcmp(name, "--readers") == 0  ? &readers
                         : strcmp(name, "--files-mb") == 0 ? &files_mb
                                                           : NULL;
    for (size_t k = 0; k < COUNT_OF(texts) && value == NULL; k++)
      if (strcmp(name, texts[k].name) == 0) value = texts[k].value;
    if (value == NULL)
      return problem_set(p, E_INVALID, "config.option", "不认识选项“%s”；guiju serve --help 列出全部", "Unknown option “%s”; see guiju serve --help", name);
    if (++i >= argc) return problem_set(p, E_INVALID, "config.value", "选项 %s 后面缺少值", "Option %s wants a value", name);
    *value = argv[i];
  }
  if (listen) {
    enum status status = parse_listen(a, listen, out, p);
    if (status != OK) return status;
  }
  if ((out->cert == NULL) != (out->key == NULL))
    return problem_set(p, E_INVALID, "config.tls", "--cert 和 --key 要一起给", "--cert and --key belong together");
  if (readers) {
    i64 n;
    if (!str_to_i64(str_c(readers), &n) || n < 1 || n > READERS_MOST)
      return problem_set(p, E_INVALID, "config.readers", "--readers 应为 1 到 %d", "--readers wants 1 to %d", READERS_MOST);
    out->readers = (int)n;
  }
  if (files_mb) {
    i64 n;
    if (!str_to_i64(str_c(files_mb), &n) || n < 1 || n > FILES_MB_MOST)
      return problem_set(p, E_INVALID, "config.files", "--files-mb 应为 1 到 %d", "--files-mb wants 1 to %d", FILES_MB_MOST);
    out->files_mb = n;
  }
  out->database = database ? str_c(database) : arena_printf(a, "%s/desk.db", out->data);
  return OK;
}
