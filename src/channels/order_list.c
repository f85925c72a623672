/* The order list as marketplaces export it. See order_list.h. */
#include "channels/order_list.h"

#include "base/calendar.h"
#include "base/value.h"

#include <string.h>

/* ---- columns ---------------------------------------------------------------------------------------------------------- */

/* Synonyms in order of preference; the first of each is what messages call the column. */
static const char *const names[COLUMN_COUNT][16] = {
    [COLUMN_NO] = {"订单编号", "订单号", "订单ID", "主订单编号", "交易编号", "淘宝订单号", "平台订单号", "order_no", NULL},
    [COLUMN_BUYER] = {"买家会员名", "买家昵称", "买家旺旺", "买家账号", "买家旺旺号", "会员名", "下单账号", "买家", "买家ID", "buyer", NULL},
    [COLUMN_STATE] = {"订单状态", "交易状态", "状态", "status", NULL},
    [COLUMN_PAID_AMOUNT] = {"买家实际支付金额", "买家实付金额", "实付金额", "实付款", "实收款", "实际支付金额", "商家实收金额", "支付金额", NULL},
    [COLUMN_DUE_AMOUNT] = {"买家应付货款", "总金额", "订单金额", "应付金额", "订单总金额", "订单应付金额", "应付货款", "amount", NULL},
    [COLUMN_CREATED] = {"订单创建时间", "创建时间", "下单时间", "拍下时间", "订单提交时间", "created", NULL},
    [COLUMN_PAID] = {"订单付款时间", "付款时间", "支付时间", "买家付款时间", "付款日期", "paid", NULL},
    [COLUMN_CLOSED] = {"确认收货时间", "交易成功时间", "交易完成时间", "订单完成时间", "完成时间", "交易结束时间", "订单关闭时间", "关闭时间", "成交时间", NULL},
    [COLUMN_GOODS] = {"宝贝标题", "商品名称", "商品标题", "宝贝名称", "货品名称", "商品信息", "商品", "goods", NULL},
    [COLUMN_QUANTITY] = {"宝贝总数量", "商品数量", "宝贝数量", "购买数量", "商品总数", "数量", "件数", NULL},
    [COLUMN_PRICE] = {"商品单价", "宝贝单价", "单价", NULL},
    [COLUMN_NOTE] = {"卖家备注", "订单备注", "商家备注", "卖家备忘", "备注", "note", NULL},
    [COLUMN_FLAG] = {"备注标旗", "订单标旗", "标旗", "旗帜", "插旗", "备注旗帜", "卖家备注旗帜", "卖家旗帜", "flag", NULL},
    [COLUMN_SPECIAL] = {"买家留言", "顾客留言", "特殊要求", "买家备注", NULL},
    [COLUMN_PHONE] = {"联系手机", "收货人手机", "手机号", "手机", "联系电话", NULL},
    [COLUMN_RECEIVER] = {"收货人姓名", "收货人", "收件人", NULL},
    [COLUMN_ADDRESS] = {"收货地址", "收货人地址", "详细地址", NULL},
    [COLUMN_REFUND] = {"退款金额", "已退款金额", "退款总额", NULL},
};
static const enum order_column needed[] = {COLUMN_NO, COLUMN_BUYER, COLUMN_STATE, COLUMN_CREATED};

/* A cell without its wrapping: blanks, tabs behind numbers, ="123", leading apostrophe. */
static struct str bare(struct str s) {
  s = str_trim(s);
  if (s.n >= 3 && s.p[0] == '=' && s.p[1] == '"' && s.p[s.n - 1] == '"') s = str_slice(s, 2, s.n - 1);
  if (s.n > 1 && s.p[0] == '\'') s = str_slice(s, 1, s.n);
  return str_trim(s);
}

/* A column's name without unit in brackets: 买家实际支付金额(元) */
static struct str bare_name(struct str s) {
  s = bare(s);
  size_t at = str_find(s, STR("("), 0), wide = str_find(s, STR("（"), 0);
  if (at != SIZE_MAX && at > 0) s = str_slice(s, 0, at);
  else if (wide != SIZE_MAX && wide > 0) s = str_slice(s, 0, wide);
  return str_trim(s);
}

static int column_of(const struct text_record *record, enum order_column column) {
  for (const char *const *name = names[column]; *name; name++)
    for (size_t i = 0; i < record->count; i++)
      if (str_is(bare_name(record->fields[i]), *name)) return (int)i;
  return -1;
}

bool order_list_is_heading(const struct text_record *record) {
  int known = 0;
  for (int column = 0; column < COLUMN_COUNT; column++) known += column_of(record, (enum order_column)column) >= 0;
  return known >= 2;
}

static struct str join(struct arena *a, struct str list, struct str word) {
  return list.n ? arena_printf(a, "%.*s、%.*s", STR_ARG(list), STR_ARG(word)) : word;
}

static struct str found_names(struct arena *a, const struct text_record *record) {
  struct str found = STR("");
  for (size_t i = 0; i < record->count && i < 12; i++)
    if (bare(record->fields[i]).n) found = join(a, found, bare(record->fields[i]));
  return found.n ? found : STR("—");
}

static bool is_read(const struct order_list *list, size_t i) {
  for (int column = 0; column < COLUMN_COUNT; column++)
    if (list->at[column] == (int)i) return true;
  return false;
}

enum status order_list_heading(struct arena *a, const struct text_record *record, char separator, struct order_list *list, struct problem *p) {
  struct str missing = STR("");
  *list = (struct order_list){.separator = separator, .columns = record->count};
  for (int column = 0; column < COLUMN_COUNT; column++) list->at[column] = column_of(record, (enum order_column)column);
  for (size_t i = 0; i < COUNT_OF(needed); i++)
    if (list->at[needed[i]] < 0) missing = join(a, missing, str_c(names[needed[i]][0]));
  if (list->at[COLUMN_PAID_AMOUNT] < 0 && list->at[COLUMN_DUE_AMOUNT] < 0) missing = join(a, missing, str_c(names[COLUMN_PAID_AMOUNT][0]));
  if (missing.n) {
    struct str found = found_names(a, record);
    return problem_set(p, E_INVALID, "import.columns", "缺少列：%.*s。文件里有：%.*s。请在店铺后台重新导出“订单报表”，不要改表头",
                       "Missing columns: %.*s. The file has: %.*s. Export the order report again and leave its heading as it is", STR_ARG(missing), STR_ARG(found));
  }
  list->ignored = json_array();
  for (size_t i = 0; i < record->count && json_array_size(list->ignored) < 60; i++) {
    struct str name = bare(record->fields[i]);
    if (name.n && !is_read(list, i)) json_array_append_new(list->ignored, json_stringn(name.p, name.n < 100 ? name.n : 99));
  }
  return OK;
}

/* ---- cells -------------------------------------------------------------------------------------------------------------- */

static struct str cell(const struct order_list *list, const struct text_record *record, enum order_column column) {
  int at = list->at[column];
  if (at < 0 || (size_t)at >= record->count) return STR("");
  struct str s = bare(record->fields[at]);
  return str_is(s, "null") || str_is(s, "--") || str_is(s, "NULL") ? STR("") : s;
}

static bool has(struct str s, const char *word) { return str_find(s, str_c(word), 0) != SIZE_MAX; }

/* ¥1,284.60元 -> fen. Empty is 0. */
static bool money(struct str s, i64 *fen) {
  *fen = 0;
  for (const char *const *sign = (const char *const[]){"¥", "￥", "CNY", "RMB", NULL}; *sign; sign++)
    if (str_starts(s, str_c(*sign))) s = str_trim(str_slice(s, strlen(*sign), s.n));
  if (str_ends(s, STR("元"))) s = str_trim(str_slice(s, 0, s.n - strlen("元")));
  if (!s.n) return true;
  return s.p[0] != '-' && money_parse(s, fen) && *fen >= 0 && *fen <= 100000000000LL;
}

static const char *state_of(struct str s, bool paid) {
  if (has(s, "退款中") || has(s, "部分退款")) return paid ? "paid" : "placed";
  if (has(s, "退款成功") || has(s, "已退款") || has(s, "全额退款")) return "refunded";
  if (has(s, "关闭") || has(s, "取消") || has(s, "closed") || has(s, "cancelled")) return paid ? "refunded" : "cancelled";
  if (has(s, "成功") || has(s, "完成") || has(s, "已签收") || has(s, "completed")) return "completed";
  if (has(s, "等待买家付款") || has(s, "待付款") || has(s, "未付款") || has(s, "placed")) return "placed";
  if (has(s, "等待卖家发货") || has(s, "待发货") || has(s, "未发货")) return "paid";
  if (has(s, "已发货") || has(s, "等待买家确认") || has(s, "待收货") || has(s, "部分发货") || has(s, "shipped")) return "shipped";
  if (has(s, "已付款") || has(s, "paid")) return "paid";
  return NULL;
}

static bool flag_of(struct str s, const char **flag) {
  static const char *const words[][4] = {{"red", "1", "红", "红旗"}, {"yellow", "2", "黄", "黄旗"}, {"green", "3", "绿", "绿旗"}, {"blue", "4", "蓝", "蓝旗"},
                                         {"purple", "5", "紫", "紫旗"}, {"", "0", "无", "灰"}, {"", "灰旗", "无旗", "none"}};
  *flag = "";
  if (!s.n) return true;
  if (str_ends(s, STR("色"))) s = str_slice(s, 0, s.n - strlen("色"));
  for (size_t i = 0; i < COUNT_OF(words); i++)
    for (size_t k = 0; k < 4; k++)
      if (str_is(s, words[i][k])) return *flag = words[i][0], true;
  return false;
}

static bool number_valid(struct str s) {
  if (s.n < 4 || s.n > 40) return false;
  for (size_t i = 0; i < s.n; i++) {
    char c = s.p[i];
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_')) return false;
  }
  return true;
}

static json_t *refuse(struct problem *why, const char *zh, const char *en) {
  (void)!problem_set(why, E_INVALID, "import.row", "%s%.0s", "%.0s%s", zh, en);
  return NULL;
}

static json_t *refuse_cell(struct problem *why, enum order_column column, struct str value, const char *zh, const char *en) {
  struct str shown = str_slice(value, 0, value.n < 60 ? value.n : 60);
  while (shown.n && !str_utf8_valid(shown)) shown.n--;
  (void)!problem_set(why, E_INVALID, "import.cell", "“%s”是“%.*s”，%s%.0s", "“%s” is “%.*s”: %.0s%s", names[column][0], STR_ARG(shown), zh, en);
  return NULL;
}

static bool is_cut(struct str s) { return has(s, "E+") || has(s, "e+"); }

static json_t *text_or_cut(struct str s, size_t most) {
  if (s.n > most) s = str_slice(s, 0, most);
  while (s.n && !str_utf8_valid(s)) s.n--;
  return json_stringn(s.n ? s.p : "", s.n);
}

static bool record_fits(const struct order_list *list, const struct text_record *record, struct problem *why) {
  if (record->count < list->columns) {
    if (record->unterminated)
      refuse(why, "文件在这一行断了，这一行没有读全；请重新导出", "The file ends within this row; export it again");
    else
      (void)!problem_set(why, E_INVALID, "import.width", "应有 %zu 列，这一行只有 %zu 列", "%zu columns are expected, this row has %zu", list->columns, record->count);
    return false;
  }
  for (size_t i = list->columns; i < record->count; i++) {
    if (!bare(record->fields[i]).n) continue;
    (void)!problem_set(why, E_INVALID, "import.width", "应有 %zu 列，这一行有 %zu 列（内容里的逗号没有加引号？）",
                       "%zu columns are expected, this row has %zu (a comma without quotes?)", list->columns, record->count);
    return false;
  }
  return true;
}

json_t *order_list_row(struct arena *a, const struct order_list *list, const struct text_record *record, i64 zone_offset_ms, struct problem *why) {
  (void)a;
  if (!record_fits(list, record, why)) return NULL;
  struct str no = cell(list, record, COLUMN_NO), buyer = cell(list, record, COLUMN_BUYER), created = cell(list, record, COLUMN_CREATED);
  struct str paid = cell(list, record, COLUMN_PAID), closed = cell(list, record, COLUMN_CLOSED), state_text = cell(list, record, COLUMN_STATE);
  i64 paid_fen, due_fen, refund_fen, price_fen, created_ms = 0, paid_ms = 0, closed_ms = 0, quantity = 0;
  if (is_cut(no)) return refuse_cell(why, COLUMN_NO, no, "被表格软件改成了科学计数；请用原始导出文件", "a spreadsheet program has rounded it; use the file as exported");
  if (!number_valid(no)) return refuse_cell(why, COLUMN_NO, no, "不是订单号", "that is no order number");
  if (!buyer.n) return refuse_cell(why, COLUMN_BUYER, buyer, "不能空着", "it cannot be empty");
  if (buyer.n > 100) return refuse_cell(why, COLUMN_BUYER, buyer, "太长", "it is too long");
  if (!text_time(created, zone_offset_ms, &created_ms)) return refuse_cell(why, COLUMN_CREATED, created, "不是时间（例：2026-03-05 10:00:00）", "that is no time (2026-03-05 10:00:00)");
  if (paid.n && !text_time(paid, zone_offset_ms, &paid_ms)) return refuse_cell(why, COLUMN_PAID, paid, "不是时间", "that is no time");
  if (closed.n && !text_time(closed, zone_offset_ms, &closed_ms)) return refuse_cell(why, COLUMN_CLOSED, closed, "不是时间", "that is no time");
  if (!money(cell(list, record, COLUMN_PAID_AMOUNT), &paid_fen)) return refuse_cell(why, COLUMN_PAID_AMOUNT, cell(list, record, COLUMN_PAID_AMOUNT), "不是金额", "that is no amount");
  if (!money(cell(list, record, COLUMN_DUE_AMOUNT), &due_fen)) return refuse_cell(why, COLUMN_DUE_AMOUNT, cell(list, record, COLUMN_DUE_AMOUNT), "不是金额", "that is no amount");
  if (!money(cell(list, record, COLUMN_REFUND), &refund_fen)) return refuse_cell(why, COLUMN_REFUND, cell(list, record, COLUMN_REFUND), "不是金额", "that is no amount");
  if (!money(cell(list, record, COLUMN_PRICE), &price_fen)) price_fen = 0;
  const char *state = state_of(state_text, paid_ms > 0), *flag;
  if (!state) return refuse_cell(why, COLUMN_STATE, state_text, "不认识这个状态", "this state is not known");
  if (!flag_of(cell(list, record, COLUMN_FLAG), &flag)) return refuse_cell(why, COLUMN_FLAG, cell(list, record, COLUMN_FLAG), "不认识这种旗", "this flag is not known");
  struct str count = cell(list, record, COLUMN_QUANTITY);
  if (count.n && (!str_to_i64(count, &quantity) || quantity < 0 || quantity > 1000000)) return refuse_cell(why, COLUMN_QUANTITY, count, "不是数量", "that is no quantity");
  struct str goods = cell(list, record, COLUMN_GOODS);
  json_t *item = json_pack("{s:o,s:I}", "name", text_or_cut(goods, 500), "qty", (json_int_t)quantity), *items = json_array();
  if (price_fen) json_object_set_new(item, "price_fen", json_integer(price_fen));
  if (goods.n) json_array_append_new(items, item);
  else json_decref(item);
  return json_pack("{s:I,s:o,s:o,s:I,s:s,s:I,s:I,s:I,s:o,s:I,s:o,s:s,s:o,s:o,s:o,s:o,s:I}", "line", (json_int_t)record->line, "no", text_or_cut(no, 40), "buyer",
                   text_or_cut(buyer, 100), "amount_fen", (json_int_t)(paid_fen ? paid_fen : due_fen), "state", state, "created_ms", (json_int_t)created_ms,
                   "paid_ms", (json_int_t)paid_ms, "closed_ms", (json_int_t)closed_ms, "goods", items, "qty", (json_int_t)quantity, "note",
                   text_or_cut(cell(list, record, COLUMN_NOTE), 2000), "flag", flag, "special", text_or_cut(cell(list, record, COLUMN_SPECIAL), 1000), "phone",
                   text_or_cut(cell(list, record, COLUMN_PHONE), 30), "receiver", text_or_cut(cell(list, record, COLUMN_RECEIVER), 60), "address",
                   text_or_cut(cell(list, record, COLUMN_ADDRESS), 300), "refund_fen", (json_int_t)refund_fen);
}
