#include "chatter.h"

#include <stdio.h>
#include <string.h>

static const char *const openings[] = {"在吗", "你好", "亲", "您好，", "老板", "麻烦问一下", "请问", "那个", "嗯", "好的", "客服在不在", "我想问问", "Hi", "急急急！", "亲亲", "早上好", ""};
static const char *const subjects[] = {"这件{g}", "我买的{g}", "订单{o}", "上次那个{g}", "快递", "包裹", "{g}的颜色", "{g}的尺码", "退款", "优惠券", "发票", "赠品", "运费险", "{m}里的活动", "我的地址",
                                       "這件{g}", "{n}家的{g}", "收货人{n}"};
static const char *const middles[] = {"什么时候发货", "还有货吗", "怎么还没到", "能不能便宜点", "可以退换吗", "是不是正品", "多大尺寸", "{d}天了还在路上", "收到了但是破了", "跟图片颜色不一样", "能改到{a}吗", "会不会起球",
                                      "穿{d}码合适吗", "可以开专票吗", "已经付了{p}元", "少发了{d}件", "显示签收可我没收到", "質量怎麼樣", "洗了一次就{w}", "适合{w}的人用吗", "支持花呗吗", "包邮吗", "要{d}个工作日吗",
                                      "电话{t}打不通", "帮我备注{w}", "掉色严重", "客服说过可以补差价"};
static const char *const answers[] = {"亲，这边帮您查一下哦", "请您稍等，马上核实", "您的订单{o}今天会安排发出", "{g}目前{d}号仓有货，拍下{d}小时内发", "非常抱歉给您添麻烦了", "可以的，支持七天无理由退换", "已经给您登记补发，单号{o}",
                                      "退款会在{d}个工作日内原路返回", "收到破损请拍照给我们", "这款是{m}新款，面料是{w}棉", "建议您选{d}码", "您的地址已改为{a}", "感谢您的支持，祝您生活愉快", "差价{p}元已退回", "优惠券请在{m}前使用",
                                      "麻烦提供一下收货人{n}的电话", "物流显示已到{a}", "我们会尽快联系{w}快递"};
static const char *const goods[] = {"连衣裙", "保温杯", "充电宝", "蓝牙耳机", "运动鞋", "羽绒服", "电饭煲", "四件套", "面膜", "茶叶", "牛仔裤", "行李箱", "台灯", "键盘", "猫粮", "婴儿车", "卫衣", "登山包", "T恤", "iPhone壳", "Type-C线"};
static const char *const months[] = {"双十一", "618", "年货节", "三八节", "聚划算", "春季", "店庆"};
static const char *const places[] = {"杭州", "成都", "广州", "哈尔滨", "西安", "深圳", "乌鲁木齐", "郑州", "台北", "长沙", "青岛", "合肥"};
static const char *const endings[] = {"？", "。", "", "", "～", "谢谢", "！", "😀", "🙏", "……", "谢谢亲", "，急用", "，等您回复", " ok", "呢", "哦", "吧"};
static const char surnames[] = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石";

uint32_t chatter_random(uint64_t *seed, uint32_t below) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)((*seed >> 33) * (uint64_t)below >> 31);
}

/* A character of the common block; the square of a uniform draw makes some far commoner than others. */
static size_t letter(uint64_t *seed, char *out) {
  uint64_t x = chatter_random(seed, 1 << 15);
  uint32_t at = (uint32_t)(x * x >> 15) * 3500 / (1 << 15), c = 0x4e00 + at * 5;
  out[0] = (char)(0xe0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 63)), out[2] = (char)(0x80 | (c & 63));
  return 3;
}

size_t chatter_word(uint64_t *seed, int letters, char *out) {
  size_t n = 0;
  while (letters-- > 0) n += letter(seed, out + n);
  out[n] = 0;
  return n;
}

#define PICK(list) list[chatter_random(seed, sizeof(list) / sizeof *(list))]

static size_t fill(uint64_t *seed, char what, char *out) {
  switch (what) {
    case 'g': return (size_t)sprintf(out, "%s", PICK(goods));
    case 'm': return (size_t)sprintf(out, "%s", PICK(months));
    case 'a': return (size_t)sprintf(out, "%s", PICK(places));
    case 'd': return (size_t)sprintf(out, "%u", 1 + chatter_random(seed, 30));
    case 'p': return (size_t)sprintf(out, "%u.%02u", chatter_random(seed, 900), chatter_random(seed, 100));
    case 'o': return (size_t)sprintf(out, "26%02u%08u", 1 + chatter_random(seed, 12), chatter_random(seed, 100000000));
    case 't': return (size_t)sprintf(out, "1%u%09u", 3 + chatter_random(seed, 7), chatter_random(seed, 1000000000));
    case 'n': {
      memcpy(out, surnames + 3 * chatter_random(seed, sizeof surnames / 3), 3);
      return 3 + chatter_word(seed, 1 + (int)chatter_random(seed, 2), out + 3);
    }
    default: return chatter_word(seed, 2, out);
  }
}

static size_t put(uint64_t *seed, const char *part, char *out) {
  size_t n = 0;
  for (; *part; part++) {
    if (*part == '{') {
      n += fill(seed, part[1], out + n);
      part += 2;
    } else {
      out[n++] = *part;
    }
  }
  return n;
}

size_t chatter(uint64_t *seed, char *out) {
  size_t n = 0;
  for (uint32_t parts = 1 + chatter_random(seed, 3); parts > 0; parts--) {
    if (chatter_random(seed, 5) < 2) {
      n += put(seed, PICK(answers), out + n);
    } else {
      n += put(seed, PICK(openings), out + n);
      n += put(seed, PICK(subjects), out + n);
      n += put(seed, PICK(middles), out + n);
    }
    n += put(seed, PICK(endings), out + n);
  }
  out[n] = 0;
  return n;
}
