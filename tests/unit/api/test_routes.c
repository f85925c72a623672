/* The route table against what stands behind it, and against the description made from it. */
#include "api/api_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

/* Every name is a read or a command: a route that leads nowhere is a mistake. */
static void every_route_leads_somewhere(void **state) {
  (void)state;
  size_t missing = 0;
  for (const struct api_route *r = api_routes; r->path; r++) {
    if (r->name == NULL) {
      assert_non_null(r->run);
      continue;
    }
    bool read = api_find_read(str_c(r->name)) != NULL, command = command_find(str_c(r->name)) != NULL;
    if (r->kind == ROUTE_READ ? read : r->kind == ROUTE_COMMAND ? command : read || command) continue;
    print_error("%s %s: there is no %s\n", http_method_name(r->method), r->path, r->name);
    missing++;
  }
  assert_int_equal(missing, 0);
}

static void no_two_routes_are_one(void **state) {
  (void)state;
  for (const struct api_route *a = api_routes; a->path; a++)
    for (const struct api_route *b = a + 1; b->path; b++) assert_false(a->method == b->method && strcmp(a->path, b->path) == 0);
}

/* A path of fixed words is found although one with a name stands beside it. */
static void every_route_finds_itself(void **state) {
  (void)state;
  struct str names[ROUTE_VALUES_MOST], values[ROUTE_VALUES_MOST];
  for (const struct api_route *r = api_routes; r->path; r++) {
    char path[128];
    size_t n = 0;
    for (const char *p = r->path; *p; p++)
      if (*p != ':') path[n++] = *p;
    path[n] = '\0';
    int count;
    assert_ptr_equal(api_route_find(r->method, str_c(path), names, values, &count, NULL), r);
  }
  int count;
  unsigned allowed = 0;
  assert_null(api_route_find(HTTP_DELETE, STR("/me"), names, values, &count, &allowed));
  assert_int_equal(allowed, 1U << HTTP_GET);
  assert_null(api_route_find(HTTP_GET, STR("/nowhere"), names, values, &count, &allowed));
  assert_int_equal(allowed, 0);
  assert_non_null(api_route_find(HTTP_HEAD, STR("/me"), names, values, &count, &allowed));
}

static void the_description_has_them_all(void **state) {
  (void)state;
  json_t *d = api_openapi_json("9.9"), *paths = json_object_get(d, "paths"), *item;
  assert_string_equal(json_string_value(json_object_get(d, "openapi")), "3.1.0");
  const char *path;
  size_t operations = 0;
  json_object_foreach(paths, path, item) {
    const char *method;
    json_t *operation;
    json_object_foreach(item, method, operation) {
      operations++;
      assert_non_null(json_object_get(operation, "responses"));
      assert_true(json_string_length(json_object_get(operation, "summary")) > 4);
      /* Every {name} of the path is a parameter. */
      for (const char *open = strchr(path, '{'); open; open = strchr(open + 1, '{')) {
        size_t i, found = 0;
        json_t *p;
        json_array_foreach(json_object_get(operation, "parameters"), i, p) {
          const char *name = json_string_value(json_object_get(p, "name"));
          if (name && strncmp(open + 1, name, strlen(name)) == 0 && open[1 + strlen(name)] == '}') found++;
        }
        assert_int_equal(found, 1);
      }
    }
  }
  assert_int_equal(operations, api_route_count());
  json_decref(d);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_route_leads_somewhere), cmocka_unit_test(no_two_routes_are_one),
                                     cmocka_unit_test(every_route_finds_itself), cmocka_unit_test(the_description_has_them_all)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
