/* The words of the search box taken to pieces: terms, “quoted” terms, -without, and filters such as 谁:小王 日期:2026-11
 * 渠道:网页 标签:退款 状态:已结束, in Chinese and English. Whatever cannot be understood is not an error but said in `passed_over`:
 * people type, and half a date is on its way to being one. */
#ifndef GUIJU_VIEWS_FIND_QUERY_H
#define GUIJU_VIEWS_FIND_QUERY_H

#include "views/gram.h"

enum { FIND_TERMS_MOST = 8, FIND_FILTERS_MOST = 8, FIND_QUERY_MOST = 200 /* code points */ };

enum find_key { FIND_FROM, FIND_CUSTOMER, FIND_AGENT, FIND_CHANNEL, FIND_TAG, FIND_STATE, FIND_TYPE, FIND_DATE, FIND_KEYS };
struct find_term {
  struct str text;
  struct grams grams;
  bool without, quoted;
};
struct find_filter {
  enum find_key key;
  struct str value; /* as written; of FIND_STATE and FIND_TYPE the word of the tables */
  struct str written;
};
struct find_query {
  struct find_term terms[FIND_TERMS_MOST];
  size_t term_count;
  struct find_filter filters[FIND_FILTERS_MOST];
  size_t filter_count;
  i64 from_ms, to_ms; /* [from, to) of all dates together */
  struct str passed_over[FIND_FILTERS_MOST];
  size_t passed_count;
};

const char *find_key_name(enum find_key key); /* "from" */
/* Texts are borrowed from `text`; letters live in the arena. `now_ms`: for 今天, 7天. */
void find_query_parse(struct arena *a, struct str text, i64 now_ms, i64 zone_offset_ms, struct find_query *out);
/* Terms cut at the word breaks of ICU where no single one stands in a message: “怎么办理退款” is then 怎么 办理 退款. False: nothing to cut. */
bool find_query_words(struct arena *a, const struct find_query *whole, struct find_query *out);

#endif
