/* Sentences of the demo month. {n} a size, {d} a day, {c} a colour, {p} a place, {g} goods, {m} an amount, {o} an order's end. */
#include "app/month_words.h"

#include <stdio.h>
#include <string.h>

#define PICK(list, r) (list)[(r) % COUNT_OF(list)]

static const char *const tags[MT_TOPICS] = {"尺寸", "发货", "颜色", "发票", "安装", "破损", "运费", "改地址", "退换", "议价"};

static const char *const asks[MT_TOPICS][6] = {
    {"{g}有没有 {n} 厘米的？", "我家墙只有 {n} 厘米宽，{g}放得下吗", "{g}的高度是多少？下面能不能塞下扫地机", "可以按 {n} 厘米定做吗，要加多少钱？", "{g}和旁边那款差几厘米？", "门洞 {n} 厘米，整件搬得进去吗"},
    {"现在下单{g}什么时候发？", "{d}能收到吗，赶着搬家", "订单尾号 {o} 还没有发货，帮我看一下", "物流停在{p}两天没动了", "可以先发有货的那件吗", "能不能约到{d}再送？白天家里没人"},
    {"{g}的{c}和图片差得多吗？", "{c}和{c}哪个耐脏一些", "有没有{c}的实拍图", "我家地板是{c}，配哪个好看？", "收到的比页面上深，正常吗", "两批货会不会有色差"},
    {"可以开发票吗？抬头写公司", "发票什么时候寄，订单尾号 {o}", "电子发票发我邮箱行吗", "税号填错了能不能重开？", "{m} 元开在一张上可以吗", "开专票要加税点吗"},
    {"{g}自己能装吗，需要什么工具？", "抽屉装反了怎么拆下来？", "少了一颗螺丝，型号是多少", "你们{p}有上门安装吗？", "说明书第 3 步看不懂", "装好以后有点晃，是哪里没拧紧"},
    {"{g}桌面上有一道划痕，怎么处理？", "箱子外面看着好好的，里面角磕坏了", "玻璃碎了，要拍什么照片", "收到就少一块背板，订单尾号 {o}", "漆面起泡了，才用了一个星期", "椅子腿裂了，孩子坐着怕摔"},
    {"到{p}要不要加运费？", "送上楼怎么算，{n} 楼没有电梯", "买两件{g}运费能不能只算一次？", "退回去的运费谁出", "自提可以减多少", "{p}的偏远费 {m} 元太贵了吧"},
    {"能帮我改一下收货地址吗，订单尾号 {o}", "电话写错一位，还没发货吧？", "改到{p}，现在还来得及吗", "能不能把两个订单合在一起发", "收货人换成我爱人的名字", "改成{d}以后再发"},
    {"{g}不合适，七天内能退吗？", "退款几天到账，一共 {m} 元", "换成{c}要补差价吗", "拆过包装了还能退吗", "退货地址发我一下，订单尾号 {o}", "上次换的还是有问题，这次我要退"},
    {"{g}能便宜一点吗？", "上个星期看是 {m} 元，怎么涨了", "两件一起买有没有优惠", "活动券怎么用不上", "别家同款才 {m} 元", "老顾客了，送个靠垫行不行？"},
};
static const char *const more[] = {"在吗", "好的，那你帮我看看", "嗯", "我拍给你看", "订单尾号 {o}", "还要多久？", "这样啊，那{c}的呢", "大概 {n} 厘米", "{d}之前能定下来吗",
                                   "等了半天了", "刚才那位说的是 {m} 元，你们再确认一下", "我在上班，回得慢，你先查", "？", "那就照你说的办", "稍等我问一下家里人"};
static const char *const thanks[] = {"好的，谢谢", "明白了，我再看看", "那我下单了", "嗯嗯，辛苦", "行，有问题再找你", "谢谢，解释得很清楚", "知道了", "好，等你消息"};
static const char *const greets[] = {"您好，我是客服，很高兴为您服务。", "您好，在的，请讲。", "您好，让您久等了，我先看一下您说的这款。", "您好，这边马上帮您查。"};
static const char *const answers[MT_TOPICS][4] = {
    {"{g}有 {n} 厘米的，定做要多等一个星期。", "净高 {n} 厘米，一般的扫地机进得去。", "可以按您的尺寸做，加 {m} 元，做好之前拍图给您看。", "整件最窄处 {n} 厘米，门洞比它宽 5 厘米就进得去。"},
    {"今天 16 点前下单，{d}从仓库发出。", "我查了，包裹在{p}中转，今晚会动，有变化我给您留言。", "有货的可以先发，另一件{d}补发，不另收运费。", "已经给您备注{d}送，司机到之前会打电话。"},
    {"实物比图片略深一点，我给您发一张自然光下的照片。", "{c}耐脏，{c}显得亮堂，朝北的房间我建议选后一个。", "同一批次没有色差，不同批次会差一点点，我给您挑同一批。", "木头每块纹理不一样，颜色在正常范围里，不放心可以拍给我看。"},
    {"可以的，您把抬头和税号发给我，我备注在订单上。", "电子发票{d}开好，发到您留的邮箱。", "填错了可以作废重开，旧的不用寄回。", "专票不加税点，资料齐了三个工作日寄出。"},
    {"一把十字螺丝刀就够，两个人大约 40 分钟。", "先把滑轨两侧的卡扣往里按，再往外抽就下来了。", "是 M6 长 {n} 毫米的，我今天补寄一包给您。", "{p}有师傅上门，{m} 元一件，要约的话{d}可以去。"},
    {"真对不起，您拍一张照片给我，我马上给您登记换新。", "外箱和破损的地方各拍一张就行，不用您跑腿。", "背板今天补发，{d}到，装不上我们派师傅去。", "这种情况可以换，也可以补您 {m} 元，您看哪样方便？"},
    {"到{p}包邮，送货到楼下。", "上楼按层算，{n} 楼一共 {m} 元，师傅当面收。", "两件同一天发只算一份运费。", "质量问题运费我们出，不喜欢的话来回由您承担。"},
    {"还没出库，已经给您改好了，您核对一下。", "电话改了，订单尾号 {o}，短信会发到新号码。", "刚打了单，我联系仓库拦一下，成了告诉您。", "两个订单合在一起了，退您一份运费 {m} 元。"},
    {"七天可退，没有用过就行，您申请一下我来审。", "退款原路返回，一般 3 天，最迟 7 天。", "换{c}没有差价，旧的让快递员上门取。", "给您添麻烦了，这次直接上门取件，退款先给您垫上。"},
    {"活动价就是底价了，我帮您申请一张 {m} 元的券。", "两件一起减 {m} 元，结算时自动减。", "券要在手机上领，领完刷新一下就能用。", "价格随板材调过一次，质量和用料都没有变，您放心。"},
};
static const char *const forbidden[] = {"这个不归我管，你自己看说明。", "不知道，你去问快递吧。", "爱买不买，活动就这样。", "你烦不烦，刚才不是说过了吗？"};
static const char *const leaves[] = {"家里装宽带，要有人在", "带孩子打疫苗", "发烧，去医院", "老家有事", "参加考试"};
static const char *const goods[] = {"胡桃木边几", "橡木餐桌", "樱桃木床头柜", "三层小书架", "实木餐椅", "藤编置物架", "布艺单人沙发", "玄关鞋柜", "折叠书桌", "亚麻窗帘"};
static const char *const colours[] = {"原木色", "胡桃色", "雾白", "墨绿", "浅灰", "奶咖"};
static const char *const days[] = {"明天", "后天", "周五", "周末", "下周一", "月底"};
static const char *const places[] = {"乌鲁木齐", "成都", "哈尔滨", "泉州", "拉萨", "上海", "石家庄", "南宁", "西宁", "海口"};
static const char *const buyer_heads[] = {"青竹", "云边", "小满", "阿树", "木木", "远山", "七月", "兔子", "山野", "栗子", "柚子", "江南", "老周", "豆包", "晚风", "橘子", "白鹿", "麦田", "南枝", "半夏",
                                          "一口", "海盐", "薄荷", "冬瓜", "星河", "芝麻", "春卷", "石榴", "松鼠", "渔火"};
static const char *const buyer_tails[] = {"有风", "的猫", "妈妈", "不吃草", "汽水", "三口半", "雨", "来信", "小铺", "在路上", "先生", "同学", "爱喝茶", "的早晨", "归来", "很忙"};
static const char *const surnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧"};
static const char *const given[] = {"晓", "宁", "琪", "桐", "雨", "嘉", "敏", "安", "言", "禾", "然", "可", "昕", "欣怡", "思源", "一诺", "梓涵", "志远", "佳慧", "文博", "海燕", "立新", "春梅", "国强", "若溪", "明哲", "静", "磊", "倩", "鹏"};

static const char *pattern_of(enum month_voice voice, enum month_topic topic, u64 r) {
  switch (voice) {
    case MV_ASK: return PICK(asks[topic], r);
    case MV_MORE: return r % 3 ? PICK(more, r >> 8) : PICK(asks[topic], r >> 8);
    case MV_THANKS: return PICK(thanks, r);
    case MV_GREET: return PICK(greets, r);
    case MV_FORBIDDEN: return PICK(forbidden, r);
    case MV_LEAVE: return PICK(leaves, r);
    default: return PICK(answers[topic], r);
  }
}

static void slot(struct buf *b, char which, u64 r) {
  switch (which) {
    case 'g': buf_addc(b, PICK(goods, r)); break;
    case 'c': buf_addc(b, PICK(colours, r)); break;
    case 'd': buf_addc(b, PICK(days, r)); break;
    case 'p': buf_addc(b, PICK(places, r)); break;
    case 'n': buf_printf(b, "%d", 4 + (int)(r % 180)); break;
    case 'm': buf_printf(b, "%d", 8 + (int)(r % 592)); break;
    default: buf_printf(b, "%05d", (int)(r % 100000)); break;
  }
}

static void add(struct buf *b, const char *pattern, u64 r) {
  for (const char *p = pattern; *p; p++) {
    if (p[0] == '{' && p[1] && p[2] == '}') {
      r = r * 6364136223846793005ULL + 1442695040888963407ULL;
      slot(b, p[1], r >> 33);
      p += 2;
    } else {
      buf_byte(b, *p);
    }
  }
}

struct str month_say(struct arena *a, enum month_voice voice, enum month_topic topic, u64 random) {
  struct buf b;
  buf_init(&b, 4096);
  bool answer = voice == MV_ANSWER, ask = voice == MV_ASK;
  if (ask && random % 4 == 0) buf_addc(&b, "你好，");
  add(&b, pattern_of(voice, topic, random >> 3), random);
  for (u64 more_of = answer ? (random >> 20) % 5 : 0; more_of > 2; more_of--) add(&b, PICK(answers[topic], random >> (24 + more_of)), random >> more_of); /* some answers are long */
  struct str s = arena_buf(a, &b);
  buf_release(&b);
  return s;
}

struct str month_topic_tag(enum month_topic topic) { return str_c(tags[topic]); }
struct str month_goods(u64 random) { return str_c(PICK(goods, random)); }
struct str month_buyer(struct arena *a, u64 random) {
  return arena_printf(a, "%s%s%s", PICK(buyer_heads, random), PICK(buyer_tails, random >> 8), random >> 16 & 3 ? "" : arena_cstr(a, arena_printf(a, "%d", (int)(random >> 18 & 127))));
}
struct str month_agent(struct arena *a, u64 random) { return arena_printf(a, "%s%s", PICK(surnames, random), PICK(given, random >> 8)); }
