/** So many at once. */
export const createSeats = (most: number) => {
  let taken = 0;
  return {
    /** Undefined when all are taken. */
    take(): { leave(): void } | undefined {
      if (taken >= most) return undefined;
      taken += 1;
      return {
        leave: () => {
          taken -= 1;
        },
      };
    },
  };
};
