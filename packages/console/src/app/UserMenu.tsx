import { Button, Menu, Text, useMantineColorScheme } from '@mantine/core'
import { IconCheck, IconDeviceDesktop, IconLock, IconLogout, IconMoon, IconSun, IconUser } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { call } from '../api/client.ts'
import { live } from '../api/queries.ts'
import { useSession } from '../api/session.ts'
import { shortUser } from '../format/user.ts'
import { type Language, languages, setLanguage } from '../i18n/index.ts'

/** Who is signed in and what they may not do; appearance, language, sign out. */
export function UserMenu() {
  const { t, i18n } = useTranslation()
  const session = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const leave = useMutation({
    mutationFn: () => call('signOut'),
    onSuccess: () => {
      live.close()
      navigate('/sign-in')
      queries.clear()
    },
  })
  const denied = session.permissions.filter(p => !p.allowed)
  const schemes = [
    ['auto', IconDeviceDesktop],
    ['light', IconSun],
    ['dark', IconMoon],
  ] as const
  return (
    <Menu width={300} position="bottom-end" withArrow shadow="md">
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconUser size={15} aria-hidden />}
          rightSection={denied.length > 0 ? <IconLock size={13} aria-hidden /> : undefined}
          maw={260}
          title={session.user}
        >
          {shortUser(session.user)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('common.signedInAs')}</Menu.Label>
        <Text size="sm" px="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {session.user}
        </Text>
        {denied.length > 0 && (
          <>
            <Menu.Label>{t('common.youMayNot')}</Menu.Label>
            {denied.map(p => (
              <Text key={p.action} size="xs" px="sm" pb={4} c="var(--i-ink-2)">
                {p.why ?? p.action}
              </Text>
            ))}
          </>
        )}
        <Menu.Divider />
        <Menu.Label>{t('common.appearance')}</Menu.Label>
        {schemes.map(([scheme, Icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={15} aria-hidden />}
            rightSection={colorScheme === scheme ? <IconCheck size={14} aria-hidden /> : undefined}
            onClick={() => setColorScheme(scheme)}
          >
            {t(`common.${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('common.language')}</Menu.Label>
        {Object.entries(languages).map(([language, name]) => (
          <Menu.Item
            key={language}
            lang={language}
            rightSection={i18n.language === language ? <IconCheck size={14} aria-hidden /> : undefined}
            onClick={() => void setLanguage(language as Language)}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={15} aria-hidden />} onClick={() => leave.mutate()}>
          {t('common.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
