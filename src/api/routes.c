/* Routes in the order of the documentation. A path of fixed words stands before one with a ':name' in the same place. */
#include "api/routes.h"

#include "api/api_internal.h"
#include "net/path.h"

#define READ(path, name) {HTTP_GET, path, ROUTE_READ, name, ROUTE_SESSION}
#define DO(method, path, name) {HTTP_##method, path, ROUTE_COMMAND, name, ROUTE_SESSION}

const struct api_route api_routes[] = {
    /* start and people */
    {HTTP_GET, "/setup", ROUTE_SPECIAL, "setup.status", ROUTE_OPEN, api_setup_status},
    {HTTP_POST, "/setup", ROUTE_SPECIAL, "setup.run", ROUTE_OPEN, api_setup, "shop:text! template:text source:text owner:object!",
     "Open the desk: shop, rulebook, owner; signs in", "首次设置：店名、制度、负责人，并登录"},
    {HTTP_POST, "/login", ROUTE_SPECIAL, NULL, ROUTE_OPEN, api_login, "job_number:text! password:text!", "Sign in", "登录"},
    {HTTP_POST, "/logout", ROUTE_SPECIAL, "session.close", ROUTE_SESSION, api_logout, "", "Sign out", "退出"},
    {HTTP_POST, "/logout-everywhere", ROUTE_SPECIAL, "session.close_all", ROUTE_SESSION, api_logout_everywhere, "", "Sign out on all devices", "退出所有设备"},
    READ("/me", "people.me"),
    {HTTP_POST, "/me/password", ROUTE_SPECIAL, "people.change_password", ROUTE_SESSION, api_change_password, "old:text! new:text!",
     "Change one's own password", "修改自己的密码"},
    DO(PUT, "/me/prefs", "prefs.change"),
    READ("/me/sessions", "people.sessions"),
    READ("/people", "people.list"),
    {HTTP_POST, "/people", ROUTE_SPECIAL, "people.add", ROUTE_SESSION, api_with_password,
     "name:text! job_number:text! role:text! superior:person base_wage_fen:int password:text!", "A person joins", "新增人员"},
    DO(PATCH, "/people/:id", "people.change"),
    DO(POST, "/people/:id/leave", "people.leave"),
    {HTTP_POST, "/people/:id/password", ROUTE_SPECIAL, "people.reset_password", ROUTE_SESSION, api_with_password, "id:person! password:text!",
     "Give a person a new password and sign them out", "重设密码"},
    READ("/keys", "key.list"),
    {HTTP_POST, "/keys", ROUTE_SPECIAL, "key.add", ROUTE_SESSION, api_add_key, "name:text! scopes:list!", "Make an API key; it is shown once",
     "新建接口密钥，只显示一次"},
    DO(DELETE, "/keys/:id", "key.remove"),

    /* reception */
    READ("/conversations", "conversation.list"),
    READ("/conversations/:id", "conversation.get"),
    READ("/conversations/:id/messages", "conversation.messages"),
    DO(POST, "/conversations/:id/accept", "conversation.accept"),
    DO(POST, "/conversations/:id/messages", "conversation.reply"),
    DO(POST, "/conversations/:id/read", "conversation.read"),
    DO(POST, "/conversations/:id/transfer", "conversation.transfer"),
    DO(POST, "/conversations/:id/close", "conversation.close"),
    DO(POST, "/conversations/:id/tags", "conversation.tag"),
    {HTTP_POST, "/conversations/:id/typing", ROUTE_SPECIAL, NULL, ROUTE_SESSION, feed_typing, "id:conversation!", "Tell the customer that an answer is being typed",
     "正在输入"},
    READ("/presence", "presence.list"),
    DO(POST, "/presence", "presence.change"),
    READ("/phrases", "phrase.list"),
    DO(POST, "/phrases", "phrase.add"),
    DO(PATCH, "/phrases/:id", "phrase.change"),
    DO(DELETE, "/phrases/:id", "phrase.remove"),
    {HTTP_POST, "/files", ROUTE_SPECIAL, NULL, ROUTE_SESSION, api_upload, "", "Store a file (multipart, or raw with X-File-Name)", "上传文件", ROUTE_FILE},
    {HTTP_GET, "/files/:id", ROUTE_SPECIAL, NULL, ROUTE_OPEN, api_download, "id:text!", "A stored file", "下载文件"},
    READ("/customers", "customer.list"),
    READ("/customers/:id", "customer.get"),
    DO(PATCH, "/customers/:id", "customer.change"),
    DO(POST, "/customers/:id/reveal", "customer.reveal"),
    DO(POST, "/customers/:id/link", "customer.link"),
    READ("/orders", "order.list"),
    READ("/orders/:no", "order.get"),
    DO(POST, "/orders/:no/note", "order.note"),
    DO(POST, "/orders/:no/add", "order.add"),
    DO(POST, "/orders/:no/fetch", "order.fetch"),
    DO(POST, "/orders/:no/assign", "order.assign"),
    {HTTP_POST, "/imports/:kind", ROUTE_SPECIAL, NULL, ROUTE_SESSION, api_import, "kind:text!",
     "Import an order list (CSV) or a chat log; kind is orders or chat", "导入订单或聊天记录", ROUTE_FILE, 202},
    READ("/imports", "import.list"),
    READ("/imports/:id", "import.get"),

    /* duties */
    READ("/today", "duty.today"),
    DO(POST, "/duties/:id/done", "duty.done"),
    DO(POST, "/attendance/in", "attendance.in"),
    DO(POST, "/attendance/out", "attendance.out"),
    DO(POST, "/attendance/leave-post", "attendance.leave_post"),
    DO(POST, "/attendance/return", "attendance.return"),
    READ("/attendance", "attendance.table"),
    READ("/clocks", "clock.list"),
    READ("/notices", "notice.list"),
    DO(POST, "/notices", "notice.send"),
    DO(POST, "/notices/:id/read", "notice.read"),
    READ("/shifts", "shift.list"),
    READ("/roster", "roster.get"),
    DO(PUT, "/roster", "roster.publish"),
    READ("/handover", "handover.get"),
    READ("/case-types", "case.types"),
    READ("/cases", "case.list"),
    DO(POST, "/cases", "case.open"),
    READ("/cases/:id", "case.get"),
    DO(POST, "/cases/:id/fill", "case.fill"),
    DO(POST, "/cases/:id/move", "case.move"),
    DO(POST, "/cases/:id/vote", "case.vote"),
    DO(POST, "/cases/:id/assign", "case.assign"),
    DO(POST, "/cases/:id/void", "case.void"),
    DO(POST, "/cases/:id/printed", "case.printed"),
    DO(POST, "/cases/:id/extend", "case.extend"),
    DO(POST, "/cases/:id/copy", "case.copy"),
    READ("/cases/:id/print", "case.print"),
    READ("/approvals", "approval.list"),
    DO(POST, "/approvals/:id", "approval.vote"),
    DO(POST, "/approvals/:id/withdraw", "approval.withdraw"),
    READ("/checklists", "review.checklists"),
    DO(POST, "/checklists/:id/findings", "review.find"),
    READ("/review", "review.list"),
    READ("/products", "product.list"),
    DO(POST, "/products", "product.create"),
    READ("/exams", "exam.list"),
    DO(POST, "/exams", "exam.create"),
    DO(POST, "/exams/:id/answer", "exam.answer"),

    /* ledger */
    READ("/my/:month", "ledger.mine"),
    READ("/ledger", "ledger.month"),
    READ("/ledger/open", "ledger.open"),
    READ("/why/:id", "ledger.why"),
    READ("/why/:id/proof", "ledger.proof"),
    DO(POST, "/ledger/:id/confirm", "ledger.confirm"),
    DO(POST, "/ledger/:id/waive", "ledger.waive"),
    DO(POST, "/ledger/:id/appeal", "ledger.appeal"),
    DO(POST, "/ledger/:id/rule", "ledger.rule"),
    READ("/settings/wages", "settings.wages"),
    DO(PUT, "/settings/wages", "settings.change_wages"),
    READ("/calendar", "calendar.get"),
    DO(PUT, "/calendar/:year", "calendar.change"),
    READ("/fund", "fund.get"),
    DO(POST, "/fund/spend", "fund.spend"),
    READ("/settle/:month.xlsx", "settle.xlsx"),
    READ("/settle/:month", "settle.get"),
    DO(POST, "/settle/:month/seal", "settle.seal"),
    READ("/reports", "report.list"),
    READ("/reports/declared/:name.csv", "report.declared_csv"),
    READ("/reports/declared/:name", "report.declared"),
    READ("/reports/:name.csv", "report.csv"),
    READ("/reports/:name", "report.get"),

    /* rulebook */
    READ("/rulebook", "rulebook.get"),
    DO(POST, "/rulebook/acknowledge", "rulebook.acknowledge"),
    READ("/rulebook/acknowledgements", "rulebook.acknowledgements"),
    READ("/rulebook/source", "rulebook.source"),
    {HTTP_POST, "/rulebook/check", ROUTE_READ, "rulebook.check", ROUTE_SESSION},
    {HTTP_POST, "/rulebook/format", ROUTE_READ, "rulebook.format", ROUTE_SESSION},
    {HTTP_POST, "/rulebook/handbook", ROUTE_READ, "rulebook.handbook", ROUTE_SESSION},
    {HTTP_POST, "/rulebook/preview", ROUTE_READ, "rulebook.preview", ROUTE_SESSION},
    {HTTP_POST, "/rulebook/try", ROUTE_SPECIAL, NULL, ROUTE_SESSION, api_trial_start, "source:text! month:text", "Try a draft on a month of what happened; changes nothing",
     "拿草稿在一个月的实事上试算，不改动任何账", ROUTE_JSON, 202},
    {HTTP_GET, "/rulebook/try/:id/lines.csv", ROUTE_SPECIAL, NULL, ROUTE_SESSION, api_trial_file, "id:text!", "A trial as CSV", "试算 CSV"},
    {HTTP_GET, "/rulebook/try/:id/sheet.xlsx", ROUTE_SPECIAL, NULL, ROUTE_SESSION, api_trial_file, "id:text!", "A trial as XLSX", "试算 XLSX"},
    {HTTP_GET, "/rulebook/try/:id/why/:consequence", ROUTE_SPECIAL, NULL, ROUTE_SESSION, api_trial_why, "id:text! consequence:text!", "Why a line of a trial stands there", "试算里一笔的由来"},
    {HTTP_GET, "/rulebook/try/:id", ROUTE_SPECIAL, NULL, ROUTE_SESSION, api_trial_get, "id:text!", "How far a trial is, and its result", "试算的进度和结果"},
    {HTTP_DELETE, "/rulebook/try/:id", ROUTE_SPECIAL, NULL, ROUTE_SESSION, api_trial_cancel, "id:text!", "Stop a trial", "停下试算"},
    READ("/rulebook/words", "rulebook.words"),
    READ("/rulebook/draft", "draft.get"),
    DO(PUT, "/rulebook/draft", "draft.save"),
    DO(POST, "/rulebook/draft/here", "draft.here"),
    DO(POST, "/rulebook/draft/start", "draft.start"),
    DO(POST, "/rulebook/draft/discard", "draft.discard"),
    DO(POST, "/rulebook/publish", "rulebook.publish"),
    READ("/rulebook/versions", "rulebook.versions"),
    READ("/rulebook/coverage", "rulebook.coverage"),

    /* floor and search */
    READ("/floor", "floor.get"),
    {HTTP_GET, "/search", ROUTE_SPECIAL, NULL, ROUTE_SESSION, api_search, "q:text! limit:int", "Find conversations, customers, orders, cases", "查找会话、顾客、订单、单据"},

    /* the program itself */
    {HTTP_GET, "/openapi.json", ROUTE_SPECIAL, NULL, ROUTE_OPEN, api_openapi, "", "This description", "本接口说明"},
    {HTTP_GET, "/health", ROUTE_SPECIAL, NULL, ROUTE_OPEN, api_health, "", "Is the service there?", "服务状态"},

    /* the chat widget on the shop's page */
    {HTTP_POST, "/w/start", ROUTE_SPECIAL, "widget.start", ROUTE_OPEN, api_widget_start, "token:text name:text page:text", "Begin or resume as a visitor", "访客开始或继续"},
    {HTTP_GET, "/w/messages", ROUTE_SPECIAL, "widget.messages", ROUTE_VISITOR, api_widget, "token:text! since:int", "What was said", "消息"},
    {HTTP_POST, "/w/messages", ROUTE_SPECIAL, "widget.say", ROUTE_VISITOR, api_widget, "token:text! text:text files:list", "Say something", "发送消息"},
    {HTTP_POST, "/w/read", ROUTE_SPECIAL, "widget.read", ROUTE_VISITOR, api_widget, "token:text! seq:int!", "Mark as read", "已读"},
    {HTTP_POST, "/w/rate", ROUTE_SPECIAL, "widget.rate", ROUTE_VISITOR, api_widget, "token:text! stars:int! text:text", "Rate the service", "评价"},
    {HTTP_POST, "/w/order", ROUTE_SPECIAL, "widget.link", ROUTE_VISITOR, api_widget, "token:text! order:text!", "Name one's order", "报订单号"},
    {HTTP_POST, "/w/files", ROUTE_SPECIAL, NULL, ROUTE_VISITOR, api_widget_upload, "", "Store a picture or file (token in the query)", "访客上传", ROUTE_FILE},
    {0},
};

size_t api_route_count(void) { return COUNT_OF(api_routes) - 1; }

/* Most routes part from a path in their first letters: no need to take both to pieces. */
static bool begins_alike(const char *pattern, struct str path) {
  for (size_t i = 0; pattern[i] && pattern[i] != ':'; i++)
    if (i >= path.n || path.p[i] != pattern[i]) return false;
  return true;
}

const struct api_route *api_route_find(enum http_method method, struct str path, struct str *names, struct str *values, int *count, unsigned *allowed) {
  if (method == HTTP_HEAD) method = HTTP_GET;
  unsigned methods = 0;
  for (const struct api_route *r = api_routes; r->path; r++) {
    if (!begins_alike(r->path, path)) continue;
    int n = path_match(str_c(r->path), path, names, values, ROUTE_VALUES_MOST);
    if (n < 0) continue;
    if (r->method == method) {
      *count = n;
      return r;
    }
    methods |= 1U << r->method;
  }
  if (allowed) *allowed = methods;
  return NULL;
}
