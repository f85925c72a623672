/* Conversations from the visitor's first words to the end: routing, clocks' facts, read marks, transfer, absence, phrases, customers. */
#include "unit/commands/reception_fixture.h"

#include "commands/session.h"
#include "views/conversation.h"
#include "views/setting.h"

static char *id(struct shop *f, const struct actor *a) { return arena_cstr(f->arena, a->id); }

static void hash_of(const char *token, char *hash) { session_token_hash(str_c(token), hash); }

/* Says something and gives the conversation's id (in the arena). */
static char *talk(struct shop *f, const char *token, const char *text) {
  json_t *r = shop_says(f, token, text);
  char *conversation = arena_cstr(f->arena, str_c(text_of(r, "conversation")));
  json_decref(r);
  return conversation;
}

static json_t *get(struct shop *f, const char *conversation) { return shop_do(f, &f->wang, "conversation.get", json_pack("{s:s}", "id", conversation)); }

static void expect(struct shop *f, const char *conversation, const char *path, const char *value) {
  json_t *c = get(f, conversation);
  assert_string_equal(text_of(c, path), value);
  json_decref(c);
}

static json_t *reply(struct shop *f, const struct actor *who, const char *conversation, const char *text) {
  return shop_do(f, who, "conversation.reply", json_pack("{s:s,s:s}", "id", conversation, "text", text));
}

static void test_nobody_there_waits(void **state) {
  struct shop *f = *state;
  json_t *r = shop_says(f, "visitor-1", "在吗");
  assert_int_equal(int_of(r, "ahead"), 0);
  char *c = arena_cstr(f->arena, str_c(text_of(r, "conversation")));
  json_decref(r);
  expect(f, c, "state", "waiting");
  expect(f, c, "group", "accept");
  assert_int_equal(f->events[EVENT_conversation_auto_replied], 1); /* nobody is there: said once */
  r = shop_says(f, "visitor-1", "有人吗");
  assert_true(json_is_null(json_object_get(r, "ahead"))); /* the place in the queue is told with the first words */
  json_decref(r);
  assert_int_equal(f->events[EVENT_conversation_auto_replied], 1);
  assert_int_equal(f->events[EVENT_conversation_started], 1);
  /* Somebody comes: the oldest waiting one goes to them. */
  shop_present(f, &f->wang, "online");
  expect(f, c, "state", "open");
  expect(f, c, "agent_name", "小王");
  shop_rebuilds_equal(f);
}

static void test_first_words_and_waiting_time(void **state) {
  struct shop *f = *state;
  shop_present(f, &f->wang, "online");
  char *c = talk(f, "visitor-1", "裙子还有吗？");
  f->now_ms += 10000;
  talk(f, "visitor-1", "M 码");
  f->now_ms += 15000;
  json_decref(reply(f, &f->wang, c, "您好，有的。"));
  assert_int_equal(f->events[EVENT_conversation_customer_spoke], 2);
  json_t *list = shop_do(f, &f->wang, "conversation.list", json_pack("{s:s}", "box", "mine"));
  assert_string_equal(text_of(list, "items.0.group"), "idle");
  assert_string_equal(text_of(list, "items.0.last.text"), "您好，有的。");
  assert_int_equal(int_of(list, "counts.mine"), 1);
  assert_int_equal(int_of(list, "counts.must"), 0);
  json_decref(list);
  json_t *o = get(f, c);
  assert_int_equal(json_array_size(json_object_get(o, "messages")), 3);
  assert_string_equal(text_of(o, "messages.0.by.type"), "customer");
  assert_string_equal(text_of(o, "messages.2.by.name"), "小王");
  assert_int_equal(int_of(o, "unread"), 0);
  json_decref(o);
  shop_refused(f, &f->wang, "conversation.reply", json_pack("{s:s,s:s}", "id", c, "text", "  "), E_INVALID, "args.missing");
  shop_refused(f, &f->wang, "conversation.reply", json_pack("{s:s,s:s}", "id", "c999", "text", "好"), E_NOT_FOUND, "conversation.unknown");
  shop_refused(f, &f->clerk, "conversation.reply", json_pack("{s:s,s:s}", "id", c, "text", "好"), E_DENIED, "may.denied");
  char *long_text = arena_alloc(f->arena, MESSAGE_MOST_CHARS + 2);
  memset(long_text, 'x', MESSAGE_MOST_CHARS + 1);
  shop_refused(f, &f->wang, "conversation.reply", json_pack("{s:s,s:s}", "id", c, "text", long_text), E_INVALID, "args.long");
}

static void test_least_busy_is_next(void **state) {
  struct shop *f = *state;
  shop_present(f, &f->wang, "online");
  shop_present(f, &f->li, "online");
  shop_present(f, &f->clerk, "online"); /* receives nobody */
  int wang = 0;
  for (int i = 0; i < 6; i++) {
    char token[20];
    snprintf(token, sizeof token, "visitor-%d", i);
    f->now_ms += 1000;
    json_t *o = get(f, talk(f, token, "你好"));
    wang += strcmp(text_of(o, "agent_name"), "小王") == 0;
    assert_string_not_equal(text_of(o, "agent_name"), "赵制单");
    json_decref(o);
  }
  assert_int_equal(wang, 3);
}

static void test_cap(void **state) {
  struct shop *f = *state;
  char *last = NULL;
  shop_present(f, &f->wang, "online");
  for (int i = 0; i <= setting_def(SETTING_ROUTE_CAP)->fallback; i++) {
    char token[20];
    snprintf(token, sizeof token, "visitor-%d", i);
    last = talk(f, token, "你好");
  }
  expect(f, last, "state", "waiting");
  /* One ends: the one that waits is next. */
  json_t *list = shop_do(f, &f->wang, "conversation.list", json_pack("{s:s}", "box", "mine"));
  json_t *closed = shop_do(f, &f->wang, "conversation.close", json_pack("{s:s,s:b,s:s}", "id", text_of(list, "items.0.id"), "deal", 0, "no_deal_reason", "嫌贵"));
  assert_string_equal(text_of(closed, "memo.type"), "备忘");
  assert_string_equal(text_of(closed, "memo.fields.内容"), "嫌贵");
  json_decref(closed);
  json_decref(list);
  expect(f, last, "state", "open");
}

static void test_away_answers_once_and_stops_nothing(void **state) {
  struct shop *f = *state;
  shop_present(f, &f->wang, "online");
  char *c = talk(f, "visitor-1", "你好");
  f->now_ms += 1000;
  json_decref(shop_do(f, &f->wang, "presence.change", json_pack("{s:s,s:s}", "state", "away", "auto_reply", "喝口水，马上回来")));
  f->now_ms += 1000;
  talk(f, "visitor-1", "人呢");
  talk(f, "visitor-1", "人呢？？");
  assert_int_equal(f->events[EVENT_conversation_auto_replied], 1);
  json_t *o = get(f, c);
  assert_string_equal(text_of(o, "messages.2.text"), "喝口水，马上回来");
  assert_string_equal(text_of(o, "messages.2.by.type"), "auto");
  assert_int_equal(int_of(o, "wait_since_ms"), NOON); /* still since the first words */
  assert_string_equal(text_of(o, "group"), "must");
  json_decref(o);
}

static void test_gone_agent_loses_the_customer(void **state) {
  struct shop *f = *state;
  shop_present(f, &f->wang, "online");
  char *c = talk(f, "visitor-1", "你好");
  shop_present(f, &f->li, "online");
  shop_present(f, &f->wang, "offline");
  expect(f, c, "agent_name", "小李"); /* the customer waits: it goes at once to who is there */
  json_decref(reply(f, &f->li, c, "我接着说"));
  shop_present(f, &f->li, "offline");
  expect(f, c, "agent_name", "小李"); /* nobody waits, nobody is there: a handover holds it */
  talk(f, "visitor-1", "还在吗");
  expect(f, c, "state", "waiting"); /* now somebody waits: it is nobody's who has gone */
  shop_present(f, &f->wang, "online");
  expect(f, c, "agent_name", "小王");
}

static void test_transfer(void **state) {
  struct shop *f = *state;
  shop_present(f, &f->wang, "online");
  char *c = talk(f, "visitor-1", "你好");
  shop_refused(f, &f->wang, "conversation.transfer", json_pack("{s:s,s:s}", "id", c, "to", id(f, &f->li)), E_INVALID, "args.missing");
  shop_refused(f, &f->wang, "conversation.transfer", json_pack("{s:s,s:s,s:s}", "id", c, "to", id(f, &f->li), "reason", "售后"), E_CONFLICT, "conversation.absent");
  shop_present(f, &f->li, "online");
  shop_refused(f, &f->li, "conversation.transfer", json_pack("{s:s,s:s,s:s}", "id", c, "to", id(f, &f->li), "reason", "售后"), E_CONFLICT, "conversation.not_yours");
  shop_refused(f, &f->li, "conversation.reply", json_pack("{s:s,s:s}", "id", c, "text", "我来"), E_CONFLICT, "conversation.held");
  json_decref(shop_do(f, &f->wang, "conversation.transfer", json_pack("{s:s,s:s,s:s}", "id", c, "to", id(f, &f->li), "reason", "售后")));
  expect(f, c, "agent_name", "小李");
  json_decref(reply(f, &f->li, c, "我来"));
  json_decref(reply(f, &f->leader, c, "我是组长")); /* leads: may speak anywhere, the holder stays */
  expect(f, c, "agent_name", "小李");
  expect(f, c, "messages.1.act.act", "transferred"); /* stands in the thread for colleagues */
  expect(f, c, "messages.1.act.to_name", "小李");
  expect(f, c, "messages.3.by.name", "刘组长");
}

static void test_read_marks_both_ways(void **state) {
  struct shop *f = *state;
  char hash[SESSION_HASH_HEX + 1];
  const struct actor nobody = {0};
  shop_present(f, &f->wang, "online");
  char *c = talk(f, "visitor-1", "你好");
  talk(f, "visitor-1", "在吗");
  json_t *o = get(f, c);
  assert_int_equal(int_of(o, "unread"), 2);
  i64 first = int_of(o, "messages.0.seq");
  json_decref(o);
  json_decref(shop_do(f, &f->wang, "conversation.read", json_pack("{s:s,s:I}", "id", c, "seq", (json_int_t)first)));
  o = get(f, c);
  assert_int_equal(int_of(o, "unread"), 1);
  assert_true(int_of(o, "messages.0.read"));
  assert_false(int_of(o, "messages.1.read"));
  json_decref(o);
  json_t *sent = reply(f, &f->wang, c, "在");
  i64 seq = int_of(sent, "seq");
  json_decref(sent);
  hash_of("visitor-1", hash);
  json_decref(shop_do(f, &nobody, "widget.read", json_pack("{s:s,s:I}", "token_hash", hash, "seq", (json_int_t)seq + 1000)));
  o = get(f, c);
  assert_int_equal(int_of(o, "read_by_customer_seq"), seq);
  assert_true(int_of(o, "messages.2.read"));
  json_decref(o);
  /* a colleague's look leaves no mark */
  i64 reads = f->events[EVENT_conversation_read];
  json_decref(shop_do(f, &f->li, "conversation.read", json_pack("{s:s,s:I}", "id", c, "seq", (json_int_t)seq)));
  assert_int_equal(f->events[EVENT_conversation_read], reads);
  shop_rebuilds_equal(f);
}

static void test_customer_comes_back(void **state) {
  struct shop *f = *state;
  shop_present(f, &f->wang, "online");
  char *first = talk(f, "visitor-1", "第一次");
  json_decref(shop_do(f, &f->wang, "conversation.close", json_pack("{s:s,s:b}", "id", first, "deal", 1)));
  shop_refused(f, &f->wang, "conversation.reply", json_pack("{s:s,s:s}", "id", first, "text", "等等"), E_CONFLICT, "conversation.closed");
  f->now_ms += 3600000;
  char *second = talk(f, "visitor-1", "又来了");
  assert_string_not_equal(first, second);
  json_t *o = shop_do(f, &f->wang, "conversation.messages", json_pack("{s:s}", "id", second));
  assert_string_equal(text_of(o, "previous"), first);
  json_decref(o);
  o = shop_do(f, &f->wang, "conversation.list", json_pack("{s:s}", "box", "closed"));
  assert_string_equal(text_of(o, "items.0.id"), first);
  json_decref(o);
  shop_refused(f, &f->wang, "conversation.list", json_pack("{s:s}", "box", "attic"), E_INVALID, "conversation.box");
}

static void test_notes_and_files_and_tags(void **state) {
  struct shop *f = *state;
  shop_present(f, &f->wang, "online");
  char *c = talk(f, "visitor-1", "你好");
  json_decref(shop_do(f, &f->wang, "conversation.note", json_pack("{s:s,s:s}", "id", c, "text", "老顾客，爱还价")));
  json_decref(shop_do(f, &f->wang, "conversation.reply", json_pack("{s:s,s:[{s:s,s:s,s:i,s:s}]}", "id", c, "files", "id", "abc123", "name", "尺码表.png", "size", 100, "evil", "x")));
  shop_refused(f, &f->wang, "conversation.reply", json_pack("{s:s,s:[s]}", "id", c, "files", "../etc/passwd"), E_INVALID, "message.file");
  json_decref(shop_do(f, &f->wang, "conversation.tag", json_pack("{s:s,s:[s,s]}", "id", c, "tags", "售前", "还价")));
  json_t *o = get(f, c);
  assert_string_equal(text_of(o, "messages.1.by.type"), "note");
  assert_string_equal(text_of(o, "messages.2.files.0.name"), "尺码表.png");
  assert_string_equal(text_of(o, "messages.2.files.0.evil"), "");
  assert_string_equal(text_of(o, "tags.1"), "还价");
  struct actor visitor = {.type = ACTOR_CUSTOMER, .id = arena_dup(f->arena, str_c(text_of(o, "customer.id")))};
  json_decref(o);
  o = shop_do(f, &visitor, "widget.messages", json_pack("{s:i}", "since", 1));
  assert_int_equal(json_array_size(json_object_get(o, "items")), 2); /* no note */
  assert_string_equal(text_of(o, "agent"), "小王");
  json_decref(o);
  json_decref(shop_do(f, &visitor, "widget.rate", json_pack("{s:i,s:s}", "score", 5, "text", "很好")));
  shop_refused(f, &visitor, "widget.rate", json_pack("{s:i}", "score", 6), E_INVALID, "args.range");
  struct actor nobody = {0};
  shop_refused(f, &nobody, "widget.say", json_pack("{s:s,s:s}", "token_hash", "0123456789abcdef0123", "text", "hi"), E_UNAUTHENTIC, "widget.token");
}

static void test_accept_and_leaving_people(void **state) {
  struct shop *f = *state;
  char *c = talk(f, "visitor-1", "你好");
  json_decref(shop_do(f, &f->wang, "conversation.accept", json_pack("{s:s}", "id", c)));
  json_decref(shop_do(f, &f->wang, "conversation.accept", json_pack("{s:s}", "id", c)));
  assert_int_equal(f->events[EVENT_conversation_assigned], 1);
  shop_present(f, &f->wang, "online");
  shop_refused(f, &f->li, "conversation.accept", json_pack("{s:s}", "id", c), E_CONFLICT, "conversation.held");
  shop_present(f, &f->li, "online");
  json_decref(shop_do(f, &f->owner, "people.leave", json_pack("{s:s}", "id", id(f, &f->wang))));
  expect(f, c, "agent_name", "小李");
}

static void test_phrases(void **state) {
  struct shop *f = *state;
  shop_refused(f, &f->wang, "phrase.add", json_pack("{s:s,s:s}", "group", "物流", "text", "已发货"), E_DENIED, "may.denied");
  json_t *r = shop_do(f, &f->leader, "phrase.add", json_pack("{s:s,s:s,s:s}", "group", "物流", "keys", "fh", "text", "{顾客}，您的订单 {订单} 已发货，工号 {工号}"));
  shop_refused(f, &f->leader, "phrase.change", json_pack("{s:s,s:s}", "id", "book:开场:1", "text", "x"), E_CONFLICT, "phrase.rulebook");
  shop_present(f, &f->wang, "online");
  char *c = talk(f, "visitor-1", "发货没");
  json_decref(shop_do(f, &f->wang, "conversation.reply", json_pack("{s:s,s:s,s:s}", "id", c, "text", "已发货", "phrase", text_of(r, "id"))));
  json_t *list = shop_do(f, &f->wang, "phrase.list", NULL);
  assert_string_equal(text_of(list, "items.0.name"), "开场"); /* the rulebook's own come first */
  assert_int_equal(json_array_size(json_object_get(json_array_get(json_object_get(list, "items"), 0), "phrases")), 2);
  assert_string_equal(text_of(list, "items.1.phrases.0.keys"), "fh");
  assert_int_equal(int_of(list, "items.1.phrases.0.used"), 1);
  json_decref(list);
  json_decref(shop_do(f, &f->leader, "phrase.remove", json_pack("{s:s}", "id", text_of(r, "id"))));
  shop_refused(f, &f->leader, "phrase.remove", json_pack("{s:s}", "id", text_of(r, "id")), E_NOT_FOUND, "phrase.unknown");
  json_decref(r);
  shop_rebuilds_equal(f);
}

static json_t *find_phrase(json_t *list, const char *id) {
  size_t i, k;
  json_t *g, *p;
  json_array_foreach(json_object_get(list, "items"), i, g)
    json_array_foreach(json_object_get(g, "phrases"), k, p)
      if (strcmp(text_of(p, "id"), id) == 0) return p;
  return NULL;
}
static bool lists_phrase(struct shop *f, const struct actor *who, const char *id) {
  json_t *list = shop_do(f, who, "phrase.list", NULL);
  bool found = find_phrase(list, id) != NULL;
  json_decref(list);
  return found;
}
static char *add_phrase(struct shop *f, const struct actor *who, const char *scope, const char *group, const char *keys, const char *text) {
  json_t *r = shop_do(f, who, "phrase.add", json_pack("{s:s,s:s,s:s,s:s}", "scope", scope, "group", group, "keys", keys, "text", text));
  char *made = arena_cstr(f->arena, str_c(text_of(r, "id")));
  json_decref(r);
  return made;
}

static void test_phrase_scopes(void **state) {
  struct shop *f = *state;
  char *own = add_phrase(f, &f->wang, "personal", "", "hx", "我马上给您换新");
  char *team = add_phrase(f, &f->leader, "team", " 售后 ／ 换货 ", "hx", "组里的说法");
  json_decref(shop_do(f, &f->leader, "phrase.change", json_pack("{s:s,s:s,s:s}", "id", team, "scope", "team", "team", "客服")));
  char *desk = add_phrase(f, &f->leader, "desk", "售后", "hx", "大家的说法"); /* the same short form in each scope */
  assert_true(lists_phrase(f, &f->wang, own) && lists_phrase(f, &f->wang, team) && lists_phrase(f, &f->wang, desk));
  assert_false(lists_phrase(f, &f->li, own) || lists_phrase(f, &f->owner, own)); /* not even for the owner */
  assert_true(lists_phrase(f, &f->li, team));
  assert_false(lists_phrase(f, &f->clerk, team)); /* another role */
  shop_refused(f, &f->wang, "phrase.change", json_pack("{s:s,s:s}", "id", team, "text", "x"), E_DENIED, "may.denied");
  shop_refused(f, &f->wang, "phrase.remove", json_pack("{s:s}", "id", desk), E_DENIED, "may.denied");
  shop_refused(f, &f->owner, "phrase.remove", json_pack("{s:s}", "id", own), E_NOT_FOUND, "phrase.unknown");
  shop_refused(f, &f->owner, "phrase.versions", json_pack("{s:s}", "id", own), E_NOT_FOUND, "phrase.unknown");
  shop_refused(f, &f->wang, "phrase.add", json_pack("{s:s,s:s,s:s}", "scope", "personal", "keys", "ＨＸ", "text", "两条"), E_CONFLICT, "phrase.keys_taken");
  shop_refused(f, &f->wang, "phrase.add", json_pack("{s:s,s:s,s:s}", "scope", "personal", "keys", "a b", "text", "两条"), E_INVALID, "phrase.keys");
  shop_refused(f, &f->wang, "phrase.add", json_pack("{s:s,s:s,s:s}", "scope", "personal", "group", "一/二/三/四", "text", "两条"), E_INVALID, "phrase.group");
  shop_refused(f, &f->wang, "phrase.add", json_pack("{s:s,s:s}", "scope", "所有", "text", "两条"), E_INVALID, "phrase.scope");
  shop_refused(f, &f->leader, "phrase.add", json_pack("{s:s,s:s,s:s,s:s}", "scope", "team", "team", "没有的岗", "group", "一", "text", "两条"), E_INVALID, "phrase.team");
  shop_refused(f, &f->wang, "phrase.add", json_pack("{s:s,s:s}", "scope", "personal", "text", "{顾客}您好，{快递}到了"), E_INVALID, "phrase.variable");
  assert_non_null(strstr(f->problem.zh, "{快递}"));
  assert_non_null(strstr(f->problem.zh, "{物流单号}"));
  assert_non_null(strstr(f->problem.en, "{tracking}"));
  json_t *list = shop_do(f, &f->wang, "phrase.list", NULL);
  json_t *p = find_phrase(list, team);
  assert_string_equal(text_of(p, "group"), "售后/换货");
  assert_string_equal(text_of(p, "pinyin"), "zldsf");
  assert_string_equal(text_of(find_phrase(list, own), "group"), "我的");
  assert_true(json_array_size(json_object_get(list, "variables")) >= 12);
  json_decref(list);
  shop_rebuilds_equal(f);
}

static void test_phrase_trail(void **state) {
  struct shop *f = *state;
  char *p = add_phrase(f, &f->leader, "desk", "物流", "fh", "第一种说法");
  json_decref(shop_do(f, &f->leader, "phrase.change", json_pack("{s:s,s:s}", "id", p, "text", "第二种说法")));
  json_decref(shop_do(f, &f->leader, "phrase.remove", json_pack("{s:s}", "id", p)));
  json_t *trail = shop_do(f, &f->leader, "phrase.versions", json_pack("{s:s}", "id", p));
  assert_int_equal(json_array_size(json_object_get(trail, "items")), 3);
  assert_string_equal(text_of(trail, "items.1.text"), "第二种说法");
  assert_string_equal(text_of(trail, "items.2.by_name"), f->leader.name.p);
  i64 first = int_of(trail, "items.2.version"), gone = int_of(trail, "items.0.version");
  json_decref(trail);
  char *other = add_phrase(f, &f->leader, "desk", "物流", "fh", "别人占了简码");
  shop_refused(f, &f->leader, "phrase.restore", json_pack("{s:s,s:I}", "id", p, "version", (json_int_t)first), E_CONFLICT, "phrase.keys_taken");
  json_decref(shop_do(f, &f->leader, "phrase.remove", json_pack("{s:s}", "id", other)));
  shop_refused(f, &f->leader, "phrase.restore", json_pack("{s:s,s:I}", "id", p, "version", (json_int_t)gone), E_NOT_FOUND, "phrase.version");
  shop_refused(f, &f->wang, "phrase.restore", json_pack("{s:s,s:I}", "id", p, "version", (json_int_t)first), E_DENIED, "may.denied");
  json_decref(shop_do(f, &f->leader, "phrase.restore", json_pack("{s:s,s:I}", "id", p, "version", (json_int_t)first)));
  json_t *list = shop_do(f, &f->wang, "phrase.list", NULL);
  assert_string_equal(text_of(find_phrase(list, p), "text"), "第一种说法");
  json_decref(list);
  json_t *rows = json_pack("[{s:i,s:s,s:s,s:s},{s:i,s:s,s:s},{s:i,s:s,s:s,s:s},s]", "line", 2, "group", "导入", "keys", "dr", "text", "导入的", "line", 3, "group", "导入", "text",
                           "{没有的}", "line", 4, "group", "导入", "keys", "DR", "text", "撞了", "不是一行");
  json_t *r = shop_do(f, &f->leader, "phrase.import", json_pack("{s:o}", "rows", rows));
  assert_int_equal(int_of(r, "added"), 1);
  assert_int_equal(int_of(r, "refused.0.line"), 3);
  assert_string_equal(text_of(r, "refused.0.key"), "phrase.variable");
  assert_string_equal(text_of(r, "refused.1.key"), "phrase.keys_taken");
  assert_string_equal(text_of(r, "refused.2.key"), "phrase.row");
  json_decref(r);
  shop_rebuilds_equal(f);
}

static void test_phrase_review(void **state) {
  struct shop *f = *state;
  char *asked = add_phrase(f, &f->leader, "desk", "物流", "fh", "今天就发货，请放心"), *idle = add_phrase(f, &f->leader, "desk", "物流", "th", "七天可退");
  f->now_ms += (i64)60 * MS_DAY;
  char *fresh = add_phrase(f, &f->leader, "desk", "物流", "xx", "新的不算没人用");
  shop_present(f, &f->wang, "online");
  char *c = talk(f, "visitor-1", "发货没");
  for (int i = 0; i < 3; i++)
    json_decref(shop_do(f, &f->wang, "conversation.reply", json_pack("{s:s,s:s,s:s,s:b}", "id", c, "text", i ? "改成今晚发货" : "今天就发货，请放心", "phrase", asked, "phrase_edited", i > 0)));
  static const char *const typed[] = {"您的包裹 12 号到", "您的包裹，35 号到！", "您的包裹8号到"};
  for (size_t i = 0; i < COUNT_OF(typed); i++) json_decref(shop_do(f, &f->wang, "conversation.reply", json_pack("{s:s,s:s}", "id", c, "text", typed[i])));
  for (int i = 0; i < 3; i++) json_decref(shop_do(f, &f->wang, "conversation.reply", json_pack("{s:s,s:s}", "id", c, "text", "七天可退")));
  shop_refused(f, &f->wang, "phrase.review", NULL, E_DENIED, "may.read");
  json_t *r = shop_do(f, &f->leader, "phrase.review", NULL);
  assert_int_equal(json_array_size(json_object_get(r, "used")), 1);
  assert_string_equal(text_of(r, "used.0.id"), asked);
  assert_int_equal(int_of(r, "used.0.used"), 3);
  assert_int_equal(int_of(r, "used.0.edited"), 2);
  assert_string_equal(text_of(r, "edited.0.samples.0.text"), "改成今晚发货");
  assert_string_equal(text_of(r, "edited.0.samples.0.conversation"), c);
  assert_int_equal(int_of(r, "people.0.used"), 3);
  assert_string_equal(text_of(r, "people.0.person"), f->wang.id.p);
  bool never = false, young = false;
  size_t i;
  json_t *one;
  json_array_foreach(json_object_get(r, "never"), i, one) never |= strcmp(text_of(one, "id"), idle) == 0, young |= strcmp(text_of(one, "id"), fresh) == 0;
  assert_true(never);
  assert_false(young);
  assert_int_equal(json_array_size(json_object_get(r, "typed")), 1); /* three spellings of one; what is a phrase already does not count */
  assert_int_equal(int_of(r, "typed.0.said"), 3);
  assert_string_equal(text_of(r, "typed.0.conversation"), c);
  json_t *uses = shop_do(f, &f->leader, "phrase.uses", json_pack("{s:s,s:b,s:I,s:I}", "phrase", asked, "edited", 1, "from", (json_int_t)int_of(r, "from"), "to", (json_int_t)int_of(r, "to")));
  assert_int_equal(json_array_size(json_object_get(uses, "items")), 2);
  json_decref(uses);
  json_decref(r);
  r = shop_do(f, &f->leader, "phrase.review", json_pack("{s:s}", "week", "2026-03-05")); /* another week holds nothing */
  assert_int_equal(json_array_size(json_object_get(r, "used")), 0);
  json_decref(r);
  json_t *list = shop_do(f, &f->wang, "phrase.list", NULL);
  assert_int_equal(int_of(find_phrase(list, asked), "mine"), 3);
  json_decref(list);
  r = shop_do(f, &f->wang, "phrase.find", json_pack("{s:s}", "q", "jtjfh"));
  assert_string_equal(text_of(r, "items.0.id"), asked);
  json_decref(r);
  shop_rebuilds_equal(f);
}

static void test_customer_is_masked(void **state) {
  struct shop *f = *state;
  shop_present(f, &f->wang, "online");
  json_t *o = get(f, talk(f, "visitor-1", "你好"));
  char *u = arena_cstr(f->arena, str_c(text_of(o, "customer.id")));
  json_decref(o);
  json_decref(shop_do(f, &f->wang, "customer.change", json_pack("{s:s,s:s,s:s,s:s}", "id", u, "name", "林女士", "phone", "13812342046", "address", "浙江省杭州市西湖区文三路 1 号")));
  o = shop_do(f, &f->wang, "customer.get", json_pack("{s:s}", "id", u));
  assert_string_equal(text_of(o, "phone_masked"), "138****2046");
  assert_string_equal(text_of(o, "address_masked"), "浙江省杭州市****");
  assert_null(json_object_get(o, "phone"));
  json_decref(o);
  shop_refused(f, &f->wang, "customer.reveal", json_pack("{s:s,s:s}", "id", u, "field", "phone"), E_INVALID, "args.missing");
  shop_refused(f, &f->wang, "customer.reveal", json_pack("{s:s,s:s,s:s}", "id", u, "field", "soul", "reason", "好奇"), E_INVALID, "customer.field");
  o = shop_do(f, &f->wang, "customer.reveal", json_pack("{s:s,s:s,s:s}", "id", u, "field", "phone", "reason", "联系送货"));
  assert_string_equal(text_of(o, "value"), "13812342046");
  json_decref(o);
  assert_int_equal(f->events[EVENT_data_opened], 1);
  o = shop_do(f, &f->wang, "customer.list", json_pack("{s:s}", "q", "13812342046"));
  assert_string_equal(text_of(o, "items.0.name"), "林女士");
  json_decref(o);
  o = shop_do(f, &f->wang, "customer.list", json_pack("{s:s}", "q", "林"));
  assert_string_equal(text_of(o, "items.0.id"), u);
  json_decref(o);
}

/* A second open talk of the same customer, as another channel brings it. */
static void by_mail(struct shop *f, const char *conversation, const char *customer, const char *text) {
  const struct actor system_ = {.type = ACTOR_SYSTEM};
  json_t *lines = json_array();
  json_array_append_new(lines, json_string(arena_printf(f->arena, "{\"kind\":\"conversation.started\",\"at\":%lld,\"data\":{\"conversation\":\"%s\",\"customer\":\"%s\",\"channel\":\"邮件\"}}",
                                                        (long long)f->now_ms, conversation, customer).p));
  json_array_append_new(lines, json_string(arena_printf(f->arena, "{\"kind\":\"conversation.customer_spoke\",\"at\":%lld,\"by\":\"%s\",\"data\":{\"conversation\":\"%s\",\"customer\":\"%s\",\"text\":\"%s\"}}",
                                                        (long long)f->now_ms, customer, conversation, customer, text).p));
  json_t *r = shop_do(f, &system_, "event.import", json_pack("{s:o,s:i}", "lines", lines, "first", 1));
  assert_int_equal(int_of(r, "added"), 2);
  json_decref(r);
}

static i64 said(struct shop *f, const char *conversation) {
  json_t *o = get(f, conversation), *m;
  size_t i;
  i64 n = 0;
  json_array_foreach(json_object_get(o, "messages"), i, m) n += strcmp(text_of(m, "by.type"), "system") != 0;
  json_decref(o);
  return n;
}

static void test_two_talks_become_one_and_two_again(void **state) {
  struct shop *f = *state;
  shop_present(f, &f->wang, "online");
  char *chat = talk(f, "visitor-1", "在吗");
  json_t *o = get(f, chat);
  char *customer = arena_cstr(f->arena, str_c(text_of(o, "customer.id")));
  json_decref(o);
  json_decref(reply(f, &f->wang, chat, "在的"));
  f->now_ms += 5000;
  by_mail(f, "mail-1", customer, "发票还没收到");
  i64 waits = f->now_ms;
  f->now_ms += 5000;
  o = get(f, chat);
  assert_string_equal(text_of(o, "siblings.0.id"), "mail-1");
  assert_string_equal(text_of(o, "siblings.0.channel"), "邮件");
  json_decref(o);
  shop_refused(f, &f->li, "conversation.merge", json_pack("{s:s,s:s}", "id", "mail-1", "into", chat), E_CONFLICT, "conversation.held");
  json_decref(shop_do(f, &f->wang, "conversation.merge", json_pack("{s:s,s:s}", "id", "mail-1", "into", chat)));
  assert_int_equal(said(f, chat), 3);
  o = get(f, chat);
  assert_int_equal(int_of(o, "wait_since_ms"), waits); /* who waited there waits here */
  assert_string_equal(text_of(o, "group"), "must");
  json_decref(o);
  expect(f, "mail-1", "state", "merged");
  shop_refused(f, &f->wang, "conversation.reply", json_pack("{s:s,s:s}", "id", "mail-1", "text", "好"), E_CONFLICT, "conversation.merged");
  shop_refused(f, &f->wang, "conversation.reopen", json_pack("{s:s}", "id", "mail-1"), E_CONFLICT, "conversation.merged");
  shop_rebuilds_equal(f);
  f->now_ms += 599000 - 10000;
  json_decref(shop_do(f, &f->wang, "conversation.unmerge", json_pack("{s:s}", "id", "mail-1")));
  assert_int_equal(said(f, chat), 2);
  assert_int_equal(said(f, "mail-1"), 1);
  o = get(f, "mail-1");
  assert_int_equal(int_of(o, "wait_since_ms"), waits);
  json_decref(o);
  shop_rebuilds_equal(f);
  json_decref(shop_do(f, &f->wang, "conversation.merge", json_pack("{s:s,s:s}", "id", "mail-1", "into", chat)));
  f->now_ms += 601000;
  shop_refused(f, &f->wang, "conversation.unmerge", json_pack("{s:s}", "id", "mail-1"), E_CONFLICT, "merge.late");
}

static void test_aside_offered_spam_rebuild_alike(void **state) {
  struct shop *f = *state;
  const struct actor system_ = {.type = ACTOR_SYSTEM};
  shop_present(f, &f->wang, "online");
  shop_present(f, &f->li, "online");
  char *a = talk(f, "visitor-1", "在吗"), *b = talk(f, "visitor-2", "你好");
  json_t *o = get(f, a);
  const struct actor *first = strcmp(text_of(o, "agent_name"), "小王") == 0 ? &f->wang : &f->li, *second = first == &f->wang ? &f->li : &f->wang;
  json_decref(o);
  json_decref(reply(f, first, a, "在"));
  json_decref(shop_do(f, first, "conversation.snooze", json_pack("{s:s,s:I}", "id", a, "until_ms", (json_int_t)(f->now_ms + 60000))));
  json_decref(shop_do(f, second, "conversation.transfer", json_pack("{s:s,s:s,s:s,s:s}", "id", b, "to", id(f, first), "reason", "售后", "note", "麻烦了")));
  shop_rebuilds_equal(f);
  f->now_ms += 59999;
  o = shop_do(f, &system_, "conversation.due", NULL);
  assert_int_equal(int_of(o, "woken"), 0);
  json_decref(o);
  f->now_ms += 1;
  o = shop_do(f, &system_, "conversation.due", NULL);
  assert_int_equal(int_of(o, "woken"), 1);
  json_decref(o);
  f->now_ms += 60000; /* two minutes: the one asked has said nothing */
  o = shop_do(f, &system_, "conversation.due", NULL);
  assert_int_equal(int_of(o, "lapsed"), 1);
  json_decref(o);
  o = shop_do(f, &system_, "conversation.due", NULL); /* once */
  assert_int_equal(int_of(o, "lapsed") + int_of(o, "woken"), 0);
  json_decref(o);
  shop_refused(f, first, "conversation.due", NULL, E_DENIED, "conversation.system_only");
  json_decref(shop_do(f, first, "conversation.spam", json_pack("{s:s}", "id", a)));
  shop_rebuilds_equal(f);
  json_decref(shop_do(f, first, "conversation.spam", json_pack("{s:s,s:b}", "id", a, "spam", 0)));
  shop_rebuilds_equal(f);
}

#define SHOP(test) cmocka_unit_test_setup_teardown(test, shop_setup, shop_teardown)
int main(void) {
  const struct CMUnitTest tests[] = {
      SHOP(test_nobody_there_waits), SHOP(test_first_words_and_waiting_time), SHOP(test_least_busy_is_next), SHOP(test_cap),
      SHOP(test_away_answers_once_and_stops_nothing), SHOP(test_gone_agent_loses_the_customer), SHOP(test_transfer), SHOP(test_read_marks_both_ways),
      SHOP(test_customer_comes_back), SHOP(test_notes_and_files_and_tags), SHOP(test_accept_and_leaving_people), SHOP(test_phrases), SHOP(test_phrase_scopes), SHOP(test_phrase_trail), SHOP(test_phrase_review), SHOP(test_customer_is_masked),
      SHOP(test_two_talks_become_one_and_two_again), SHOP(test_aside_offered_spam_rebuild_alike),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
