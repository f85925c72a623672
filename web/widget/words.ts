// Every word of the widget, twice. It speaks the page's language, else the visitor's.
const zh = {
  open: '在线客服', close: '收起', label: '和客服聊天', input: '输入您的问题', send: '发送', image: '发图片', sending: '送出中', sent: '已送达', read: '已读', failed: '没送出，点这里重发',
  auto: '自动回复', ahead: (n: number) => `前面还有 ${n} 位`, about: (m: number) => `，大约 ${m} 分钟`, next: '下一位就是您', waiting: '正在找人接待您，您先说，我们按顺序来', offline: '客服现在不在，您先留言，上班就回您', cut: '网络断了，正在重连。您写的都在',
  serve: (s: string) => `${s}客服，为您服务`, joined: (n: string) => `${n} 接入`, ended: '会话已结束', again: '再说一句就会重新接通', rate: '这次的服务，您打几分', rateNote: '可以不打', rateSay: '还想说点什么', rateGo: '送出评价', thanks: '谢谢您的评价', typing: '正在输入', tooBig: '图片超过 20 MB，没有发', you: '您', hello: '您好，有什么可以帮您？', error: '没有连上，请稍后再试', retry: '再试一次', worst: '很不满意', best: '很满意', file: '文件',
}
const en: typeof zh = {
  open: 'Chat with us', close: 'Close', label: 'Chat', input: 'Your question', send: 'Send', image: 'Send a picture', sending: 'Sending', sent: 'Delivered', read: 'Read', failed: 'Not sent, press to try again',
  auto: 'Automatic reply', ahead: (n) => `${n} before you`, about: (m) => `, about ${m} min`, next: 'You are next', waiting: 'Finding somebody for you; go ahead and write', offline: 'Nobody is here now. Leave a message and we answer when we open', cut: 'Connection lost, reconnecting. What you wrote is kept',
  serve: (s) => `${s}, at your service`, joined: (n) => `${n} has joined`, ended: 'The chat has ended', again: 'Write again to reconnect', rate: 'How was it?', rateNote: 'optional', rateSay: 'Anything else', rateGo: 'Send rating', thanks: 'Thank you for rating', typing: 'is typing', tooBig: 'The picture is over 20 MB and was not sent', you: 'You', hello: 'Hello, how can we help?', error: 'Could not connect. Try again later', retry: 'Try again', worst: 'very bad', best: 'very good', file: 'File',
}
export const words = (lang: string) => (/^zh/i.test(lang) ? zh : en)
