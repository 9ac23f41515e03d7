/** Between the ordinals of a reply and those of notices; a step makes fewer epochs than there is room for. */
export const epochOrdinal = (epoch: number): number => 8000 + (epoch % 400) * 2;

export const words = (tokens: number): string => tokens.toLocaleString('en');
