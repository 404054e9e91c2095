import { useTranslation } from 'react-i18next'
import { useLanguage } from '../app/useLanguage.ts'
import { useNow } from '../app/useNow.ts'
import { age, moment } from '../format/time.ts'

/** How long ago, kept up to date; the whole moment on hover. */
export function TimeAgo({ at, bare = false }: { at: number; bare?: boolean }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const ms = useNow() - at
  const text = bare ? age(ms, language) : ms < 2000 ? t('common.justNow') : t('common.ago', { age: age(ms, language) })
  return (
    <time dateTime={new Date(at).toISOString()} title={moment(at, language)} className="figure">
      {text}
    </time>
  )
}
