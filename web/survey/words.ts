// The words of the survey page. What the shop's rulebook asks comes as it is written there.
const zh = {
  page: '评价', title: (s: string) => `评价 · ${s}`, ask: (s: string) => `这次${s}的服务，您打几分？`, pick: '点一颗星', star: (n: number) => `${n} 星，${['很不满意', '不满意', '一般', '满意', '很满意'][n - 1]}`,
  tags: '哪里好，哪里不好', remark: '还想说点什么（可不写）', send: '送出评价', change: '送出改过的评价', sending: '送出中', once: (t: string) => `评一次就好；${t} 前可以答。`,
  thanks: '谢谢您的评价', until: (t: string) => `${t} 前还可以改。`, again: '改一改', final: '评价已经记下，不能再改了。', expired: '这份问卷已经过了期限', expiredHint: (s: string) => `谢谢您来。有话想说，直接回复${s}的邮件或在网页上找客服就好。`,
  wrong: '打不开这份问卷', loading: '正在打开', net: '没有连上。您选的都在，请再试一次。', retry: '再试一次',
}
export type Words = typeof zh
const en: Words = {
  page: 'Your rating', title: (s) => `Your rating · ${s}`, ask: (s) => `How was the service of ${s}?`, pick: 'Pick a star', star: (n) => `${n} ${n === 1 ? 'star' : 'stars'}, ${['very bad', 'bad', 'so-so', 'good', 'very good'][n - 1]}`,
  tags: 'What was good or bad', remark: 'Anything else (optional)', send: 'Send the rating', change: 'Send the changed rating', sending: 'Sending', once: (t) => `Once is enough; open until ${t}.`,
  thanks: 'Thank you for rating', until: (t) => `You can change it until ${t}.`, again: 'Change it', final: 'Your rating is noted and can no longer be changed.', expired: 'This survey has run out', expiredHint: (s) => `Thank you for coming. To tell us something, just answer a letter of ${s} or use the chat on the website.`,
  wrong: 'This survey cannot be opened', loading: 'Opening', net: 'No connection. What you picked is still here; please try again.', retry: 'Try again',
}
export const words = { zh, en }
