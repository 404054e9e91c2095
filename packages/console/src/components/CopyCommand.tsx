import { ActionIcon, Button, CopyButton, Popover, Stack, Text, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy, IconTerminal2 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import styles from './CopyCommand.module.css'

/** The command line for what a control does, to copy. `small` shows the icon alone. */
export function CopyCommand(props: { commands: readonly string[]; label?: string; small?: boolean }) {
  const { t } = useTranslation()
  const label = props.label ?? t('common.command')
  return (
    <Popover width={520} position="bottom-end" withArrow shadow="md" trapFocus returnFocus>
      <Popover.Target>
        {props.small ? (
          <ActionIcon aria-label={label} size="sm">
            <IconTerminal2 size={15} aria-hidden />
          </ActionIcon>
        ) : (
          <Button variant="default" leftSection={<IconTerminal2 size={15} aria-hidden />}>
            {label}
          </Button>
        )}
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8}>
          <Text size="xs" c="dimmed">
            {t('common.commandHint')}
          </Text>
          {props.commands.map(command => (
            <CommandLine key={command} command={command} />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

/** A command in the page with a button that copies it. */
export function CommandLine({ command }: { command: string }) {
  const { t } = useTranslation()
  return (
    <div className={styles.line}>
      <pre className={styles.text}>{command}</pre>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t('common.copied') : t('common.copy')}>
            <ActionIcon aria-label={t('common.copy')} onClick={copy} size="sm">
              {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  )
}
