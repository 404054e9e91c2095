import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './en/index.ts'

export const languages = { en: 'English', 'zh-CN': '简体中文' } as const
export type Language = keyof typeof languages

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: typeof en }
  }
}

const kept = 'isthmus-language'

/** What was chosen here before, else what the browser asks for. */
function preferred(): Language {
  const chosen = localStorage.getItem(kept)
  if (chosen && chosen in languages) return chosen as Language
  return navigator.languages.some(tag => tag.toLowerCase().startsWith('zh')) && !navigator.language.startsWith('en')
    ? 'zh-CN'
    : 'en'
}

export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    // React escapes.
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  await setLanguage(preferred(), false)
}

/** Changes the language; Chinese is fetched when it is first wanted. */
export async function setLanguage(language: Language, keep = true): Promise<void> {
  if (language === 'zh-CN' && !i18next.hasResourceBundle('zh-CN', 'translation'))
    i18next.addResourceBundle('zh-CN', 'translation', (await import('./zh/index.ts')).zh)
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
  if (keep) localStorage.setItem(kept, language)
}
