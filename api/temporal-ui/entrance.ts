/** Where the form of the entrance is sent. Temporal UI has nothing there. */
export const entrancePath = '/everturn-entrance';

export const entrancePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Shown to a visitor without a session. Contains nothing of the request. */
export const entrance = (isRefused: boolean): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Temporal UI · Everturn</title>
<style>body { font: 16px/1.5 system-ui; max-width: 34rem; margin: 20vh auto; padding: 0 1rem } input { width: 100%; font: inherit }</style>
<h1>Temporal UI</h1>
<p>Open the console in this browser and come back, or enter the token that is in <code>.everturn/token</code>.</p>
${isRefused ? '<p role="alert">That is not the token.</p>' : ''}
<form method="post" action="${entrancePath}">
<label>Token <input type="password" name="token" autocomplete="off" required autofocus></label>
<p><button>Open</button></p>
</form>
</html>
`;
