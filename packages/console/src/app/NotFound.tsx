import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { Empty } from '../components/Empty.tsx'

export function NotFound() {
  const { t } = useTranslation()
  return <Empty title={t('common.page.notFound')} action={<Link href="/">{t('common.page.back')}</Link>} />
}
