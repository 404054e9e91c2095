import { AppShell, Burger } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Suspense, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Route, Switch, useLocation } from 'wouter'
import { useSession } from '../api/session.ts'
import { Loading } from '../components/Loading.tsx'
import { ConnectionMark, StaleBanner } from './ConnectionState.tsx'
import { Logo } from './Logo.tsx'
import { NotFound } from './NotFound.tsx'
import { PageBoundary } from './PageBoundary.tsx'
import { fetchPages } from './page.ts'
import { pages } from './routes.ts'
import styles from './Shell.module.css'
import { UserMenu } from './UserMenu.tsx'

/** The frame around every page: navigation, connection, user; and which page stands in it. */
export function Shell() {
  const { t } = useTranslation()
  const { mesh } = useSession()
  const [location] = useLocation()
  const [opened, { toggle, close }] = useDisclosure()
  const main = useRef<HTMLElement>(null)
  const last = useRef(location)
  useEffect(() => {
    const timer = setTimeout(() => void fetchPages(), 2500)
    return () => clearTimeout(timer)
  }, [])
  useEffect(() => {
    if (last.current === location) return
    last.current = location
    close()
    // A reader's place is the top of the page that was chosen.
    main.current?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [location, close])
  return (
    <AppShell
      layout="alt"
      header={{ height: 48 }}
      navbar={{ width: 212, breakpoint: 'md', collapsed: { mobile: !opened } }}
      padding={18}
      transitionDuration={0}
    >
      <a href="#content" className={styles.skip ?? 'skip'}>
        {t('common.skip')}
      </a>
      <AppShell.Navbar className={styles.rail} aria-label={t('common.navigation')}>
        <div className={styles.brand}>
          <Link href="/" className={styles.brandLink}>
            <Logo />
            <span>Isthmus</span>
          </Link>
          <Burger
            opened={opened}
            onClick={toggle}
            hiddenFrom="md"
            size="sm"
            color="var(--i-rail-ink)"
            aria-label={t('common.close')}
          />
        </div>
        {(['traffic', 'mesh'] as const).map(group => (
          <div key={group} className={styles.group}>
            <h2 className={styles.groupTitle}>{t(`pages.group.${group}`)}</h2>
            <ul className={styles.list}>
              {pages
                .filter(page => page.group === group)
                .map(({ path, name, Icon }) => (
                  <li key={path}>
                    <Link href={path} className={styles.link} aria-current={isAt(location, path) ? 'page' : undefined}>
                      <Icon size={17} stroke={1.7} aria-hidden />
                      {t(`pages.${name}`)}
                    </Link>
                  </li>
                ))}
            </ul>
          </div>
        ))}
        <div className={styles.mesh}>
          <div>{t('common.mesh', { name: mesh.name })}</div>
          <div className={styles.meshMore}>
            {mesh.version}
            {mesh.lab && ` · ${t('common.lab')}`}
            {mesh.source === 'directory' && ` · ${t('common.readOnly')}`}
          </div>
        </div>
      </AppShell.Navbar>
      <AppShell.Header className={styles.header}>
        <Burger opened={opened} onClick={toggle} hiddenFrom="md" size="sm" aria-label={t('common.navigation')} />
        <div className={styles.grow} />
        <ConnectionMark />
        <UserMenu />
      </AppShell.Header>
      <AppShell.Main id="content" ref={main} tabIndex={-1} className={styles.main}>
        <StaleBanner />
        <PageBoundary at={location}>
          <Suspense fallback={<Loading rows={10} />}>
            <Switch>
              {pages.flatMap(({ path, Content, below = [] }) => [
                <Route key={path} path={path}>
                  <Content />
                </Route>,
                ...below.map(({ path: deeper, Content: Deeper }) => (
                  <Route key={deeper} path={deeper}>
                    <Deeper />
                  </Route>
                )),
              ])}
              <Route>
                <NotFound />
              </Route>
            </Switch>
          </Suspense>
        </PageBoundary>
      </AppShell.Main>
    </AppShell>
  )
}

const isAt = (location: string, path: string) =>
  path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`)
