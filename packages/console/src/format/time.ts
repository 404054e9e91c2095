/** An age in its largest unit: `12 s`, `3 min`, `5 h`, `2 d`. Less than nothing (clocks differ) is nothing. */
export function age(ms: number, language = 'en'): string {
  const zh = language.startsWith('zh')
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} ${zh ? '秒' : 's'}`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} ${zh ? '分钟' : 'min'}`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} ${zh ? '小时' : 'h'}`
  return `${Math.floor(hours / 24)} ${zh ? '天' : 'd'}`
}

/** The time of day, with the date in front where it is another day than `now`'s. */
export function clock(at: number, now = Date.now(), language = 'en'): string {
  const date = new Date(at)
  const time = new Intl.DateTimeFormat(language, { timeStyle: 'medium', hour12: false }).format(date)
  if (date.toDateString() === new Date(now).toDateString()) return time
  return `${new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(date)} ${time}`
}

/** The whole moment, with its time zone. */
export function moment(at: number, language = 'en'): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' }).format(new Date(at))
}
