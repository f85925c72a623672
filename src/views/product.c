/* Products, and the tests that show who has learned a new one (商品, 考卷). Answers are shown to nobody but their author. */
#include "views/party.h"
#include "views/permission.h"
#include "views/product.sql.h"
#include "views/show.h"

enum { PRODUCTS_MOST = 1000 };

extern const struct view_def view_product;

static enum status fold_created(struct store *s, const struct event *e, struct problem *p) {
  struct value price = event_get(e, STR("price"));
  struct product_put_in in = {.id = event_get_text(e, "product"), .name = event_get_text(e, "name"), .code = event_get_text(e, "number"), .price_fen = price.i,
                              .has_price_fen = price.type == V_MONEY, .created_ms = e->occurred_ms, .created_by = e->actor};
  return product_put(s, &in, NULL, p);
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  (void)a;
  switch (event_kind_index(e->kind)) {
    case EVENT_product_created: return fold_created(s, e, p);
    case EVENT_product_listed: case EVENT_product_unlisted: {
      bool on = event_kind_index(e->kind) == EVENT_product_listed;
      struct product_set_listed_in in = {.id = event_get_text(e, "product"), .listed = on, .at_ms = e->occurred_ms, .has_at_ms = on};
      return product_set_listed(s, &in, NULL, p);
    }
    case EVENT_exam_created: {
      struct exam_put_in in = {.id = event_get_text(e, "paper"), .product = event_get_text(e, "product"), .title = event_get_text(e, "title"),
                               .pass_points = event_get_int(e, "pass", 0), .questions = event_get_text(e, "questions"), .created_ms = e->occurred_ms, .created_by = e->actor};
      return exam_put(s, &in, NULL, p);
    }
    case EVENT_knowledge_examined: {
      struct value passed = event_get(e, STR("passed"));
      struct exam_result_put_in in = {.event = e->id, .exam = event_get_text(e, "paper"), .product = event_get_text(e, "product"), .person = event_get_text(e, "person"),
                                      .points = event_get_int(e, "points", 0), .passed = passed.type == V_BOOL && passed.i, .at_ms = e->occurred_ms};
      return exam_result_put(s, &in, NULL, p);
    }
    default: return OK;
  }
}

/* Who answers customers has to know the product: those who have passed its tests, and those who have not. */
static enum status learners(struct read_ctx *r, const struct party_desk *desk, struct str product, json_t *o) {
  struct exam_all_row *exams = NULL;
  size_t count = 0;
  json_t *passed = json_array(), *missing = json_array();
  enum status status = exam_all(r->store, r->arena, &exams, &count, r->problem);
  struct str exam = STR("");
  bool mine = false;
  for (size_t i = count; status == OK && i-- > 0;)
    if (str_eq(exams[i].product, product)) exam = exams[i].id;
  struct exam_result_best_row *best = NULL;
  struct exam_result_best_in in = {.exam = exam};
  if (status == OK) status = exam_result_best(r->store, r->arena, &in, &best, &count, r->problem);
  for (size_t i = 0; status == OK && exam.n && i < desk->count; i++) {
    bool done = false;
    for (size_t k = 0; k < count; k++) done |= best[k].passed && str_eq(best[k].person, desk->people[i].id);
    if (!done && !view_receives(r->program, desk->people[i].role)) continue;
    mine |= done && str_eq(desk->people[i].id, r->actor.id);
    json_array_append_new(done ? passed : missing, json_pack("{s:o,s:o}", "id", show_text(desk->people[i].id), "name", show_text(desk->people[i].name)));
  }
  json_object_set_new(o, "exam", show_text_or_null(exam));
  json_object_set_new(o, "passed", passed);
  json_object_set_new(o, "missing", missing);
  json_object_set_new(o, "mine", exam.n ? json_pack("{s:b}", "passed", mine) : json_null());
  return status;
}

static enum status read_products(struct read_ctx *r, json_t *query, json_t **result) {
  struct product_all_row *rows = NULL;
  size_t count = 0;
  struct product_all_in in = {.most = PRODUCTS_MOST};
  struct party_desk desk;
  enum status status = party_load(r->store, r->arena, r->program, &desk, r->problem);
  if (status == OK) status = product_all(r->store, r->arena, &in, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *items = json_array();
  for (size_t i = 0; i < count && status == OK; i++) {
    json_t *o = json_object();
    show_put_text(o, "id", rows[i].id);
    show_put_text(o, "name", rows[i].name);
    show_put_text(o, "number", rows[i].code);
    json_object_set_new(o, "price_fen", show_int_or_null(rows[i].has_price_fen, rows[i].price_fen));
    json_object_set_new(o, "listed", json_boolean(rows[i].listed));
    json_object_set_new(o, "listed_ms", show_int_or_null(rows[i].has_listed_ms, rows[i].listed_ms));
    show_put_int(o, "created_ms", rows[i].created_ms);
    status = learners(r, &desk, rows[i].id, o);
    json_array_append_new(items, o);
  }
  if (status == OK) *result = json_pack("{s:O,s:n}", "items", items, "next");
  json_decref(items);
  return status;
}

/* Questions as they are asked: text and choices, the right answers only for the author. */
static json_t *questions_json(struct read_ctx *r, const struct exam_all_row *exam) {
  json_t *stored = show_stored(exam->questions, json_array()), *q;
  size_t i;
  bool author = r->actor.owner || str_eq(exam->created_by, r->actor.id);
  json_array_foreach(stored, i, q)
    if (!author) json_object_del(q, "answer");
  return stored;
}

static enum status exam_json(struct read_ctx *r, const struct party_desk *desk, const struct exam_all_row *exam, json_t *items) {
  struct exam_result_best_row *rows = NULL;
  size_t count = 0;
  struct exam_result_best_in in = {.exam = exam->id};
  enum status status = exam_result_best(r->store, r->arena, &in, &rows, &count, r->problem);
  if (status != OK) return status;
  json_t *o = json_object(), *results = json_array(), *mine = NULL;
  for (size_t i = 0; i < count; i++) {
    const struct party_person *p = party_person(desk, rows[i].person);
    json_t *one = json_pack("{s:o,s:o,s:o,s:b,s:I}", "person", show_text(rows[i].person), "name", show_text(p ? p->name : rows[i].person), "points",
                            show_text(money_text(r->arena, rows[i].points)), "passed", rows[i].passed != 0, "tries", (json_int_t)rows[i].tries);
    if (str_eq(rows[i].person, r->actor.id)) mine = json_incref(one);
    json_array_append_new(results, one);
  }
  show_put_text(o, "id", exam->id);
  show_put_text(o, "product", exam->product);
  struct product_get_row *product = NULL;
  struct product_get_in pin = {.id = exam->product};
  status = product_get(r->store, r->arena, &pin, &product, r->problem);
  show_put_text(o, "product_name", product ? product->name : exam->product);
  show_put_text(o, "title", exam->title);
  show_put_text(o, "pass", money_text(r->arena, exam->pass_points));
  json_t *questions = questions_json(r, exam);
  i64 n = (i64)json_array_size(questions), right = 0, points = 0;
  while (right < n && points < exam->pass_points) {
    right++;
    if (mul_div(right, 10000, n, ROUND_DOWN, &points) != OK) break;
  }
  show_put_int(o, "pass_mark", right);
  json_object_set_new(o, "questions", questions);
  json_object_set_new(o, "results", results);
  json_object_set_new(o, "mine", mine ? mine : json_null());
  show_put_int(o, "created_ms", exam->created_ms);
  json_array_append_new(items, o);
  return status;
}

static enum status read_exams(struct read_ctx *r, json_t *query, json_t **result) {
  struct exam_all_row *rows = NULL;
  struct party_desk desk;
  size_t count = 0;
  struct str product = show_arg(r->arena, query, "product");
  json_t *items = json_array();
  enum status status = party_load(r->store, r->arena, r->program, &desk, r->problem);
  if (status == OK) status = exam_all(r->store, r->arena, &rows, &count, r->problem);
  for (size_t i = 0; status == OK && i < count; i++)
    if (!product.n || str_eq(rows[i].product, product)) status = exam_json(r, &desk, &rows[i], items);
  if (status == OK) *result = json_pack("{s:O,s:n}", "items", items, "next");
  json_decref(items);
  return status;
}

static const char *const nouns[] = {"product", "exam", "knowledge", NULL};
static const char *const tables[] = {"product", "exam", "exam_result", NULL};
static const struct read_def reads[] = {
    {"product.list", "", read_products, false, "", "Products", "商品"},
    {"exam.list", "", read_exams, false, "product:id", "Tests and their results", "考卷与成绩"},
    {NULL},
};
const struct view_def view_product = {.noun = "product", .version = 1, .nouns = nouns, .tables = tables, .fold = fold, .reads = reads};
