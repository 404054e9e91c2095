import type { Permission } from '@isthmus/api'
import { Button, type ButtonProps, Tooltip } from '@mantine/core'
import { useDenied } from '../api/session.ts'

/** A button for what not everybody may do: for those who may not it stays reachable, does nothing and says why. */
export function GuardedButton({
  action,
  onClick,
  ...rest
}: ButtonProps & { action: Permission['action']; onClick: () => void }) {
  const denied = useDenied(action)
  if (denied === undefined) return <Button {...rest} onClick={onClick} />
  return (
    <Tooltip label={denied}>
      <Button {...rest} data-disabled aria-disabled onClick={event => event.preventDefault()} />
    </Tooltip>
  )
}
