/* Texts of the web: what is decoded, what is refused, and that nothing climbs out. */
#include "net/chunked.h"
#include "net/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

enum { ARENA = 1024 * 1024 };

static void same(struct str got, const char *want) {
  assert_int_equal(got.n, strlen(want));
  assert_memory_equal(got.p, want, got.n);
}

/* The same bytes cut in two at every place give the same body. */
static void takes_chunks_apart(void **state) {
  (void)state;
  struct str whole = STR("4;a=b\r\nWiki\r\n5\r\npedia\r\nE\r\n in\r\n\r\nchunks.\r\n0\r\nTrailer: x\r\n\r\n");
  for (size_t cut = 0; cut <= whole.n; cut++) {
    struct chunked k = {0};
    char body[64];
    size_t n = 0;
    enum chunked_step step = CHUNKED_MORE;
    struct str pieces[] = {str_slice(whole, 0, cut), str_slice(whole, cut, whole.n)}, data;
    for (size_t i = 0; i < 2 && step != CHUNKED_END; i++)
      while ((step = chunked_next(&k, &pieces[i], &data)) == CHUNKED_DATA) {
        memcpy(body + n, data.p, data.n);
        n += data.n;
      }
    assert_int_equal(step, CHUNKED_END);
    same((struct str){body, n}, "Wikipedia in\r\n\r\nchunks.");
  }
  static const char *const bad[] = {"\r\n", "x\r\n", "123456789\r\n", "3\nabc", "3\r\nabcX", "0\r\n\n", "3\r\nabc\r\n;\r\n"};
  for (size_t i = 0; i < COUNT_OF(bad); i++) {
    struct chunked k = {0};
    struct str in = str_c(bad[i]), data;
    enum chunked_step step;
    while ((step = chunked_next(&k, &in, &data)) == CHUNKED_DATA) continue;
    assert_int_equal(step, CHUNKED_BAD);
  }
}

static void walks_over_parts(void **state) {
  struct arena *a = *state;
  struct str type = STR("multipart/form-data; boundary=xx"), body = STR("--xx\r\nContent-Disposition: form-data; name=\"content\"\r\n\r\n你好\r\n--xx\r\n"
    "Content-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nabc\r\n--xx--\r\n");
  struct path_part part;
  size_t at = 0;
  assert_true(path_next_part(a, type, body, &at, &part));
  same(part.name, "content");
  same(part.content, "你好");
  assert_false(part.file);
  assert_true(path_next_part(a, type, body, &at, &part));
  assert_true(part.file);
  same(part.file_name, "a.txt");
  same(part.content, "abc");
  assert_false(path_next_part(a, type, body, &at, &part));
}

static void decodes(void **state) {
  struct arena *a = *state;
  struct str out;
  assert_true(path_decode(a, STR("a%20b%E4%BD%A0"), false, &out));
  same(out, "a b你");
  assert_true(path_decode(a, STR("a+b"), true, &out));
  same(out, "a b");
  assert_true(path_decode(a, STR("a+b"), false, &out));
  same(out, "a+b");
  assert_true(path_decode(a, STR(""), false, &out));
  assert_int_equal(out.n, 0);
}

static void refuses_broken_escapes(void **state) {
  struct arena *a = *state;
  struct str out;
  const char *const broken[] = {"%", "%4", "%zz", "a%", "%00", "%ff", "%E4%BD"};
  for (size_t i = 0; i < COUNT_OF(broken); i++) assert_false(path_decode(a, str_c(broken[i]), false, &out));
}

static void encodes_and_back(void **state) {
  struct arena *a = *state;
  struct str out, text = STR("订单 & co=1/2?#%~.-_");
  same(path_encode(a, STR("a b&c")), "a%20b%26c");
  assert_true(path_decode(a, path_encode(a, text), true, &out));
  assert_true(str_eq(out, text));
}

static void resolves(void **state) {
  struct arena *a = *state;
  static const struct {
    const char *in, *out;
  } cases[] = {{"/", "/"}, {"//a//b", "/a/b"}, {"/a/./b/", "/a/b/"}, {"/a/../b", "/b"}, {"/a/b/..", "/a"}, {"/a/..", "/"}, {"/.hidden", "/.hidden"}};
  struct str out;
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    assert_true(path_resolve(a, str_c(cases[i].in), &out));
    same(out, cases[i].out);
  }
  const char *const refused[] = {"", "a", "/..", "/a/../..", "/\xff"};
  for (size_t i = 0; i < COUNT_OF(refused); i++) assert_false(path_resolve(a, str_c(refused[i]), &out));
}

static void reads_queries(void **state) {
  struct arena *a = *state;
  struct str rest = STR("a=1&b&=x&c=%E4%BD%A0+%26&bad=%zz&d=2=3"), name, value;
  assert_true(path_next_query(a, &rest, &name, &value));
  same(name, "a"), same(value, "1");
  assert_true(path_next_query(a, &rest, &name, &value));
  same(name, "b"), same(value, "");
  assert_true(path_next_query(a, &rest, &name, &value));
  same(name, "c"), same(value, "你 &");
  assert_true(path_next_query(a, &rest, &name, &value));
  same(name, "d"), same(value, "2=3");
  assert_false(path_next_query(a, &rest, &name, &value));
}

static void reads_cookies(void **state) {
  (void)state;
  same(path_cookie(STR("a=1; gj=abc; b=2"), STR("gj")), "abc");
  same(path_cookie(STR("xgj=no;gj=yes"), STR("gj")), "yes");
  assert_int_equal(path_cookie(STR("xgj=no"), STR("gj")).n, 0);
  assert_int_equal(path_cookie(STR("gj"), STR("gj")).n, 0);
}

static void matches(void **state) {
  (void)state;
  struct str names[2], values[2];
  assert_int_equal(path_match(STR("/conversations/:id/messages"), STR("/conversations/c7/messages"), names, values, 2), 1);
  same(names[0], "id"), same(values[0], "c7");
  assert_int_equal(path_match(STR("/conversations/:id"), STR("/conversations/c7/messages"), names, values, 2), -1);
  assert_int_equal(path_match(STR("/conversations/:id"), STR("/conversations/"), names, values, 2), -1);
  assert_int_equal(path_match(STR("/conversations"), STR("/conversations/"), names, values, 2), -1);
  assert_int_equal(path_match(STR("/settle/:month.xlsx"), STR("/settle/2026-03.xlsx"), names, values, 2), 1);
  same(names[0], "month"), same(values[0], "2026-03");
  assert_int_equal(path_match(STR("/settle/:month.xlsx"), STR("/settle/2026-03"), names, values, 2), -1);
  assert_int_equal(path_match(STR("/settle/:month.xlsx"), STR("/settle/.xlsx"), names, values, 2), -1);
  assert_int_equal(path_match(STR("/:a/:b/:c"), STR("/1/2/3"), names, values, 2), -1); /* more than there is room for */
}

static void reads_multipart(void **state) {
  struct arena *a = *state;
  struct path_part part;
  struct str type = STR("multipart/form-data; boundary=\"xx\"");
  assert_true(path_multipart(a, type, STR("--xx\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\nfield\r\n--xx\r\n"
                                          "Content-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nline\r\n\r\nend\r\n--xx--\r\n"), &part));
  same(part.file_name, "a.txt"), same(part.type, "text/plain"), same(part.content, "line\r\n\r\nend");
  assert_true(path_multipart(a, type, STR("--xx\r\n\r\nonly\r\n--xx--"), &part));
  same(part.content, "only");
  const char *const broken[] = {"", "--xx", "--xx\r\n\r\nno end", "--yy\r\n\r\nx\r\n--yy--", "--xx\r\nContent-Disposition: x"};
  for (size_t i = 0; i < COUNT_OF(broken); i++) assert_false(path_multipart(a, type, str_c(broken[i]), &part));
  assert_false(path_multipart(a, STR("multipart/form-data"), STR("--\r\n\r\nx\r\n----"), &part));
}

static int set_up(void **state) {
  *state = arena_new(ARENA);
  return 0;
}
static int tear_down(void **state) {
  arena_free(*state);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(takes_chunks_apart),
      cmocka_unit_test(walks_over_parts),
      cmocka_unit_test(decodes), cmocka_unit_test(refuses_broken_escapes), cmocka_unit_test(encodes_and_back), cmocka_unit_test(resolves),
      cmocka_unit_test(reads_queries), cmocka_unit_test(reads_cookies), cmocka_unit_test(matches), cmocka_unit_test(reads_multipart),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
