/* Figures as text, each with its unit. `language` is a BCP 47 tag. */

/** Requests per second: three significant digits, never a false zero. */
export function rate(perSecond: number, language = 'en'): string {
  const unit = language.startsWith('zh') ? '次/秒' : 'req/s'
  if (perSecond === 0) return `0 ${unit}`
  if (perSecond < 0.01) return `<0.01 ${unit}`
  return `${compact(perSecond, language)} ${unit}`
}

/** 0 to 100: no decimals where it is whole, one otherwise; what is not 0 or 100 never reads so. */
export function percent(value: number): string {
  if (value > 0 && value < 0.1) return '<0.1%'
  if (value < 100 && value > 99.9) return '>99.9%'
  const rounded = Math.round(value * 10) / 10
  return `${Number.isInteger(rounded) ? rounded : rounded.toFixed(1)}%`
}

/** Bits per second with decimal prefixes, as network links are sold. */
export function bits(perSecond: number): string {
  const units = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']
  let value = perSecond
  let i = 0
  while (value >= 999.5 && i < units.length - 1) {
    value /= 1000
    i++
  }
  return `${significant(value)} ${units[i]}`
}

/** Milliseconds; seconds from one on. */
export function milliseconds(ms: number): string {
  return ms >= 1000 ? `${significant(ms / 1000)} s` : `${significant(ms)} ms`
}

export function count(n: number, language = 'en'): string {
  return new Intl.NumberFormat(language).format(n)
}

function compact(value: number, language: string): string {
  if (value < 1000) return significant(value)
  return new Intl.NumberFormat(language, { notation: 'compact', maximumSignificantDigits: 3 }).format(value)
}

function significant(value: number): string {
  return String(Number(value.toPrecision(3)))
}
