/* Products and the short tests that show who has learned them (商品, 考卷). A test is marked by the program. */
#include "commands/command.h"

#include "commands/shorthand.h"
#include "views/product.sql.h"
#include "views/show.h"

enum { QUESTIONS_MOST = 50, CHOICES_MOST = 10, POINTS_FULL = 10000 };

static enum status run_create(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct str id, name, number;
  i64 price = -1;
  TRY(command_may(c, "商品.建档"));
  TRY(command_text(c, args, "name", true, 200, &name));
  TRY(command_text(c, args, "number", false, 100, &number));
  TRY(command_int(c, args, "price_fen", false, 0, 100000000000, &price));
  TRY(shorthand_id(c, 'g', &id));
  struct event *e = shorthand_event(c, EVENT_product_created);
  event_set_text(e, "product", id);
  event_set_text(e, "name", name);
  if (number.n) event_set_text(e, "number", number);
  if (price >= 0) event_set(e, "price", value_int(V_MONEY, price));
  if (c->actor.type == ACTOR_PERSON) event_set_text(e, "person", c->actor.id);
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:o}", "id", show_text(id), "name", show_text(name));
done:
  return status;
}

static enum status wrong_question(struct command_ctx *c, size_t number, const char *zh, const char *en) {
  return problem_set(c->problem, E_INVALID, "exam.question", "第 %zu 题%.0s：%s%.0s", "Question %zu%.0s%.0s: %s", number, "", zh, en);
}

static const json_t *choices_of(const json_t *q) {
  const json_t *options = json_object_get(q, "options");
  return options ? options : json_object_get(q, "choices");
}

/* Only the members of a question, so that nothing else gets into the log. */
static json_t *plain_questions(const json_t *questions) {
  json_t *out = json_array();
  for (size_t i = 0; i < json_array_size(questions); i++) {
    const json_t *q = json_array_get(questions, i);
    json_t *one = json_object();
    json_object_set(one, "text", json_object_get(q, "text"));
    json_object_set(one, "options", (json_t *)(uintptr_t)choices_of(q));
    json_object_set(one, "answer", json_object_get(q, "answer"));
    json_array_append_new(out, one);
  }
  return out;
}

static enum status check_question(struct command_ctx *c, const json_t *q, size_t number) {
  const char *text = json_string_value(json_object_get(q, "text"));
  const json_t *choices = choices_of(q), *answer = json_object_get(q, "answer");
  size_t n = json_is_array(choices) ? json_array_size(choices) : 0;
  if (!text || !*text) return wrong_question(c, number, "没有题目", "has no text");
  if (n < 2 || n > CHOICES_MOST) return wrong_question(c, number, "要有 2 到 10 个选项", "needs 2 to 10 choices");
  for (size_t i = 0; i < n; i++)
    if (!json_is_string(json_array_get(choices, i))) return wrong_question(c, number, "选项要写成文字", "has a choice that is not text");
  if (!json_is_integer(answer) || json_integer_value(answer) < 0 || (size_t)json_integer_value(answer) >= n)
    return wrong_question(c, number, "没有标出正确的选项", "does not say which choice is right");
  return OK;
}

static enum status run_exam(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct str product, title, id;
  i64 pass = 80, right = 0, points = 0;
  json_t *plain = NULL;
  struct product_get_row *row = NULL;
  const json_t *questions = json_object_get(args, "questions");
  size_t n = json_is_array(questions) ? json_array_size(questions) : 0;
  TRY(command_may(c, "考卷.建立"));
  TRY(command_text(c, args, "product", true, 100, &product));
  TRY(command_text(c, args, "title", false, 200, &title));
  TRY(command_int(c, args, "pass", false, 1, 100, &pass));
  TRY(command_int(c, args, "pass_mark", false, 1, QUESTIONS_MOST, &right));
  struct product_get_in in = {.id = product};
  TRY(product_get(c->store, c->arena, &in, &row, c->problem));
  if (!row) TRY(problem_set(c->problem, E_NOT_FOUND, "product.unknown", "没有这个商品", "There is no such product"));
  if (n == 0 || n > QUESTIONS_MOST) TRY(problem_set(c->problem, E_INVALID, "exam.questions", "考卷要有 1 到 %d 题", "A test has 1 to %d questions", QUESTIONS_MOST));
  for (size_t i = 0; i < n; i++) TRY(check_question(c, json_array_get(questions, i), i + 1));
  if (right > (i64)n) TRY(problem_set(c->problem, E_INVALID, "exam.pass_mark", "一共 %zu 题，及格不能要求答对 %lld 题", "There are %zu questions; passing cannot take %lld", n, (long long)right));
  points = pass * 100;
  if (right) TRY(mul_div(right, POINTS_FULL, (i64)n, ROUND_DOWN, &points));
  plain = plain_questions(questions);
  TRY(shorthand_id(c, 'x', &id));
  struct event *e = shorthand_event(c, EVENT_exam_created);
  event_set_text(e, "paper", id);
  event_set_text(e, "product", product);
  event_set_text(e, "title", title.n ? title : row->name);
  event_set_text(e, "questions", show_dump(c->arena, plain));
  event_set(e, "pass", value_int(V_POINTS, points));
  if (c->actor.type == ACTOR_PERSON) event_set_text(e, "person", c->actor.id);
  TRY(command_append(c, e));
  *result = json_pack("{s:o}", "id", show_text(id));
done:
  json_decref(plain);
  return status;
}

static enum status mark(struct command_ctx *c, const json_t *questions, const json_t *answers, i64 *right, i64 *points, struct value *given) {
  size_t n = json_array_size(questions);
  if (!json_is_array(answers) || json_array_size(answers) != n)
    return problem_set(c->problem, E_INVALID, "exam.answers", "有 %zu 题，每题都要答", "There are %zu questions; answer each", n);
  struct value *items = ARENA_ARRAY(c->arena, struct value, n ? n : 1);
  *right = 0;
  for (size_t i = 0; i < n; i++) {
    const json_t *a = json_array_get(answers, i);
    *right += json_is_integer(a) && json_equal(a, json_object_get(json_array_get(questions, i), "answer"));
    items[i] = value_text(arena_printf(c->arena, "%lld", (long long)json_integer_value(a)));
  }
  *given = (struct value){.type = V_LIST, .items = items, .count = n};
  return mul_div(*right, POINTS_FULL, (i64)n, ROUND_DOWN, points);
}

static enum status run_answer(struct command_ctx *c, json_t *args, json_t **result) {
  enum status status = OK;
  struct str id;
  struct exam_get_row *exam = NULL;
  struct value given;
  i64 points = 0, right = 0;
  json_t *questions = NULL;
  TRY(command_text(c, args, "id", true, 100, &id));
  struct exam_get_in in = {.id = id};
  TRY(exam_get(c->store, c->arena, &in, &exam, c->problem));
  if (!exam) TRY(problem_set(c->problem, E_NOT_FOUND, "exam.unknown", "没有这张考卷", "There is no such test"));
  questions = show_stored(exam->questions, json_array());
  TRY(mark(c, questions, json_object_get(args, "answers"), &right, &points, &given));
  bool passed = points >= exam->pass_points;
  struct event *e = shorthand_event(c, EVENT_knowledge_examined);
  event_set_text(e, "paper", id);
  event_set_text(e, "product", exam->product);
  event_set_text(e, "person", c->actor.id);
  event_set(e, "points", value_int(V_POINTS, points));
  event_set(e, "passed", value_bool(passed));
  event_set(e, "answers", given);
  TRY(command_append(c, e));
  *result = json_pack("{s:o,s:b,s:o,s:I,s:I}", "points", show_text(money_text(c->arena, points)), "passed", passed, "pass", show_text(money_text(c->arena, exam->pass_points)), "score",
                      (json_int_t)right, "total", (json_int_t)json_array_size(questions));
done:
  json_decref(questions);
  return status;
}

const struct command_def commands_product[] = {
    {"product.create", "", run_create, "name:text! number:text price_fen:int", "Make a product known", "商品建档"},
    {"exam.create", "", run_exam, "product:id! title:text questions:list! pass:int pass_mark:int", "Set a test about a product", "出考卷"},
    {"exam.answer", "", run_answer, "id:id! answers:list!", "Take a test", "答卷"},
    {NULL},
};
