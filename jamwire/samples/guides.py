"""What a person has to click at each source to connect it; the page about sources and the console show it.

`NAME` is the endpoint's name, and the URL is the one that `jamwire endpoints` shows for it.
"""

from typing import Final

_GENERATE: Final = "`jamwire secret add NAME --generate` prints the secret, this once."
_FROM_SERVICE: Final = "Give the secret that the service shows to `jamwire secret add NAME`."

STEPS: Final[dict[str, str]] = {
    "netlify": f"{_GENERATE} *Project configuration → Notifications → Emails and webhooks → Add notification → HTTP POST "
    "request*: an event, the URL, and the secret as *JWS secret token*. One notification for each event.",
    "vercel": f"*Team settings → Webhooks*: the deployment events, your projects, the URL. {_FROM_SERVICE}",
    "cloudflare": f"{_GENERATE} *Notifications → Destinations → Webhooks → Create*: the URL and the secret. Then a "
    "notification *Pages: Project updates* to that webhook.",
    "amplify": "Nothing to click: Amplify tells EventBridge of every deploy, and the hub listens where an endpoint has this "
    "source. It has no URL and no secret.",
    "gitlab": f"{_GENERATE} *Settings → Webhooks → Add new webhook*: the URL, the secret as *Secret token*, and the triggers "
    "Push, Releases, Pipeline, Deployment.",
    "gitlab-signed": f"As `gitlab`, with a *Signing token* (`whsec_…`) instead of the secret token. {_FROM_SERVICE}",
    "github": f"{_GENERATE} *Settings → Webhooks → Add webhook*: the URL, content type `application/json`, the secret, and "
    "the events Pushes, Releases, Deployment statuses, Workflow runs.",
    "contentful": f"*Settings → Webhooks → Add webhook*: the URL without a query, triggers Publish, Unpublish and Delete of "
    f"entries and assets. *Settings → Webhooks → Settings → Enable request verification*. {_FROM_SERVICE}",
    "sanity": f"{_GENERATE} *API → Webhooks → Create*: the URL, trigger on create, update and delete, the secret, and a "
    "projection such as `{_id, _rev, _type, title, slug}`; `_rev` tells one edit from another.",
    "storyblok": f"{_GENERATE} *Settings → Webhooks → New*: the URL, the secret, and the triggers for stories.",
    "prismic": f"{_GENERATE} *Settings → Webhooks → Create*: the URL and the secret.",
    "hygraph": f"{_GENERATE} *Project settings → Webhooks → Add*: the URL, the secret key, the actions Publish, Unpublish "
    "and Delete, and *Include payload*.",
    "datocms": "`jamwire secret add NAME --generate` prints `jamwire:<password>`. *Project settings → Webhooks → Add*: the "
    "URL, those two as *HTTP basic auth*, and the triggers publish, unpublish and delete of records.",
    "strapi": f"{_GENERATE} *Settings → Webhooks → Create*: the URL, a header `Authorization` with `Bearer <secret>`, and the "
    "events of entries.",
    "ghost": "*Settings → Integrations → Add custom integration → Add webhook*: an event and the URL; the secret is the "
    f"webhook's. {_FROM_SERVICE} One webhook for each event.",
    "wordpress": f"{_GENERATE} With a plug-in that sends hooks (HookPress and others): the URL with `?token=<secret>` behind "
    "it, the hooks `publish_post` and `publish_page`, and the fields ID, post_title, post_type, post_url.",
    "shopify": f"*Settings → Notifications → Webhooks → Create*: events such as Order creation, JSON, the URL. {_FROM_SERVICE} "
    "For an app's own webhooks it is the app's client secret.",
    "woocommerce": f"{_GENERATE} *WooCommerce → Settings → Advanced → Webhooks → Add*: a topic, the URL, the secret. Set the "
    "secret here first: its ping on saving must get 200.",
    "stripe": f"*Developers → Webhooks → Add destination*: the URL and the events. {_FROM_SERVICE}",
    "slack": f"*api.slack.com/apps → Event Subscriptions* (or *Slash Commands*, *Interactivity*): the URL. "
    f"{_FROM_SERVICE} It is the app's *Signing Secret*; set it before the URL, which Slack tries at once.",
    "twilio": f"*Phone Numbers → your number → A message comes in → Webhook*: the URL, exactly as it is. {_FROM_SERVICE} It is "
    "the account's auth token.",
    "sendgrid": f"*Settings → Mail Settings → Event Webhook → Create*: the URL, *Enable signed event webhook*. {_FROM_SERVICE} "
    "It is the verification key.",
    "typeform": f"{_GENERATE} *Connect → Webhooks → Add a webhook*: the URL, then *Edit → Secret*.",
    "x": f"Register the URL by X's API. {_FROM_SERVICE} It is the app's API secret; set it first, X asks at once.",
    "meta": f"*App dashboard → Webhooks*: the URL and a verify token of your choice. {_FROM_SERVICE} Two of them: the app "
    "secret, and the verify token.",
    "zoom": f"*App Marketplace → your app → Features → Event Subscriptions*: the URL, then *Validate*. {_FROM_SERVICE} It is "
    "the app's *Secret Token*.",
    "dropbox": f"*App console → your app → Webhooks*: the URL. {_FROM_SERVICE} It is the app secret; set it first.",
    "microsoft-graph": f"{_GENERATE} Create a subscription by Graph's API: the URL as `notificationUrl`, the secret as "
    "`clientState`.",
    "standard-webhooks": f"Any sender that signs by Standard Webhooks or Svix (Clerk, Resend, Render, Replicate …): the URL. "
    f"{_FROM_SERVICE} It begins with `whsec_`.",
    "standard-webhooks-v1a": f"As `standard-webhooks`, for senders with a public key. {_FROM_SERVICE} It begins with `whpk_`.",
    "hmac": f"{_GENERATE} Any sender with an HMAC-SHA256 of the body in hex in the header `X-Signature`; for every other form "
    "write an `Hmac(…)` into `app.py`.",
    "token": f"{_GENERATE} Any sender that can set the header `Authorization: Bearer <secret>`.",
    "basic": "`jamwire secret add NAME` takes `user:password`. Any sender with HTTP's basic authentication.",
    "zapier": f"{_GENERATE} *Webhooks by Zapier → POST*: the URL, a header `Authorization` with `Bearer <secret>`, and as data "
    "`title`, `text`, `url`, `severity`.",
    "ifttt": f"{_GENERATE} *Webhooks → Make a web request*: the URL, POST, `application/json`, an additional header "
    "`Authorization: Bearer <secret>`, and a body with `title` and `text`.",
}
