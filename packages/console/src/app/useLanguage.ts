import { useTranslation } from 'react-i18next'

/** The language in use, as figures and times need it. */
export function useLanguage(): string {
  return useTranslation().i18n.language
}
