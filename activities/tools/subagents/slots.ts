/** A limited number of slots. */
export const createSlots = (most: number) => {
  let taken = 0;
  return {
    /** Undefined if all are taken. */
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
