// What a person can do about a refused request, by its reason (`lambdas/ingest`).

const ADVICE = [
  [/^throttled/, () => "More requests came than the endpoint takes in a second. A sender tries again; other endpoints are not touched by it. `rate_limit` of the `Endpoint` in `app.py` says another limit."],
  [/no such endpoint/, () => "No endpoint has the name in the URL. Compare the sender's URL with the endpoint's; or a stranger is trying names."],
  [/has no secret/, (name) => `Add the secret that the sender signs with, under Endpoints or by \`jamwire secret add ${name}\`. The sender will try again, or send it again there.`],
  [/address may not call/, () => "The sender called from an address that the rulebook does not allow. If it is the sender's new address, add it in `app.py`."],
  [/timestamp|token has expired/, () => "The request is too old or from the future: the sender's clock is wrong, or somebody has sent an old request again."],
  [/^no (header|parameter|field|token)/, () => "The request is not signed. Set the secret at the sender, or a stranger has found the URL."],
  [/issuer|algorithm/, () => "It is signed by somebody else. Compare what is set at the sender with `docs/sources.md`."],
  [/another body/, () => "The body was changed on its way: a proxy rewrites it, or it is a forgery."],
  [/signature|secret|token|password|verif|match|hash/, (name) => `The secret at the sender is another than the one here. Copy it anew and add it: \`jamwire secret add ${name}\`. If nobody has changed it, a stranger has found the URL.`],
  [/too large|too many/, () => "The sender sends more in one request than is taken. Let it send less at a time."],
  [/content type/, () => "Set the sender to JSON (`application/json`), or to a form."],
  [/JSON|form|nested|base64|UTF-8|empty|object/, () => "The body is not what this source sends. Is the endpoint's source the right one for this sender?"],
  [/POST/, () => "Somebody opened the URL in a browser, or the sender is set to another method than POST."],
];

/** A sentence or two; what stands in backquotes is code. `name` is the endpoint's. */
export function advice(reason, name) {
  const [, say] = ADVICE.find(([pattern]) => pattern.test(reason)) ?? [null, () => "Compare the endpoint's settings at the sender with `docs/sources.md`."];
  return say(name);
}
