import { setLang } from '@/i18n'
setLang('zh')
