const name = 'everturn.place';

/** Remembers the page while somebody signs in elsewhere. */
export const keepPlace = (): void => {
  try {
    sessionStorage.setItem(name, `${location.pathname}${location.hash}`);
  } catch {
    // They come back to the start page.
  }
};

/** Puts the page that was left to sign in back into the address. */
export const returnToPlace = (): void => {
  try {
    const place = sessionStorage.getItem(name);
    sessionStorage.removeItem(name);
    if (place !== null && location.pathname === '/') history.replaceState(null, '', new URL(place, location.origin));
  } catch {
    // The start page is shown.
  }
};
