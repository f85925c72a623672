// The words of the widget's first file in Chinese; the English ones come with the second (more.ts).
export const minutes = (lo: number, hi: number) => [Math.max(0, Math.floor(lo)), Math.max(1, Math.ceil(hi))] as const
const zh = {
  open: '在线客服', close: '收起', label: '和客服聊天', input: '输入您的问题', send: '发送', image: '图片', sending: '送出中', part: (n: number) => `上传 ${n}%`, sent: '已送达', read: '已读', failed: '没送出，点这里重发', drop: '不发了',
  auto: '自动回复', ahead: (n: number) => `前面还有 ${n} 位`, about: (lo: number, hi: number) => { if (hi < 0) return '，比刚才几位等得久'; const [a, b] = minutes(lo, hi); return b <= 1 ? '，大约 1 分钟内' : a ? `，大约 ${a} 到 ${b} 分钟` : `，大约 ${b} 分钟内` }, due: (t: string) => `，最晚 ${t} 回您`, dueOpen: (t: string) => `最晚 ${t} 回您`, next: '下一位就是您',
  waiting: '正在找人接待您，您先说，我们按顺序来', offline: '客服现在不在', back: (t: string) => `，${t} 有人`, hours: (s: string) => `今天 ${s} 有人`, and: '，', tomorrow: '明天 ', cut: '网络断了，正在重连。您写的都在',
  serve: (s: string) => `${s}客服，为您服务`, joined: (n: string) => `${n} 接入`, ended: '会话已结束，再说一句就会重新接通', left: '留言收到了，会在这里回复，也按您留的方式联系您', typing: '正在输入', tooBig: '文件超过 20 MB，没有发', empty: '文件是空的，没有发', hello: '您好，有什么可以帮您？', error: '没有连上，稍后会自己再试', file: '文件、图片', recalled: '对方撤回了一条消息', recalledMine: '这条消息已撤回', edited: ' 改过',
  unread: (n: number) => `，${n} 条未读`,
}
export type Words = typeof zh
export const words = zh
