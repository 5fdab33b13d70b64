/** Hexadecimal as ESP-IDF prints addresses: eight digits. */
export const hex32 = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
/** Hexadecimal of a byte. */
export const hex8 = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;
/** Hexadecimal of an offset, as partition tables have it. */
export const hexOffset = (value: number): string => `0x${value.toString(16)}`;
