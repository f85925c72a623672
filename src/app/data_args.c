/* Options of the data commands. Every mistake is named; nothing is guessed. */
#include "app/data_args.h"

#include "app/tree.h"

#include <string.h>

static enum status unknown(const char *name, struct problem *p) {
  return problem_set(p, E_INVALID, "args.option", "不认识选项“%s”；加 --help 看全部", "Unknown option “%s”; --help lists them", name);
}

enum status data_args_parse(struct arena *a, int argc, char **argv, unsigned allowed, size_t rest, struct data_args *out, struct problem *p) {
  *out = (struct data_args){.data = "data", .seal = ""};
  const char *database = NULL;
  for (int i = 1; i < argc; i++) {
    const char *name = argv[i], **value = NULL;
    if (strcmp(name, "--json") == 0 && (allowed & DATA_JSON)) out->json = true;
    else if (strcmp(name, "--check") == 0 && (allowed & DATA_CHECK)) out->check = true;
    else if (strcmp(name, "--data") == 0) value = &out->data;
    else if (strcmp(name, "--database") == 0) value = &database;
    else if (strcmp(name, "--seal") == 0 && (allowed & DATA_SEAL)) value = &out->seal;
    else if (name[0] == '-' && name[1]) return unknown(name, p);
    else if (out->rest_count < DATA_REST_MOST) out->rest[out->rest_count++] = name;
    else return unknown(name, p);
    if (value == NULL) continue;
    if (++i >= argc) return problem_set(p, E_INVALID, "args.value", "选项 %s 后面缺少值", "Option %s wants a value", name);
    *value = argv[i];
  }
  if (out->rest_count != rest)
    return problem_set(p, E_INVALID, "args.count", "要给 %zu 个名字，给了 %zu 个；加 --help 看用法", "%zu names are wanted and %zu are given; see --help", rest, out->rest_count);
  out->database = database ? arena_dup(a, str_c(database)) : arena_printf(a, "%s/desk.db", out->data);
  return OK;
}

enum status data_args_must_exist(const struct data_args *args, struct problem *p) {
  if (str_find(args->database, STR("://"), 0) != SIZE_MAX || tree_exists(args->database.p)) return OK;
  return problem_set(p, E_NOT_FOUND, "store.missing", "没有这个部门：%.*s", "There is no desk: %.*s", STR_ARG(args->database));
}
