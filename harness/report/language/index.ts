import { en, type Messages } from './en';
import { zh } from './zh';

export { en, type Messages } from './en';

/** Languages that reports are written in. */
export type Language = 'en' | 'zh';

export const messagesOf: Readonly<Record<Language, Messages>> = { en, zh };
