"""The pages' markup; what is filled in is escaped (`lambdas.audience_api.pages.html`)."""

from typing import Final

LAYOUT: Final = """<!doctype html>
<html lang="$lang" dir="$dir">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>$title · $site</title>
<style>$style</style>
</head>
<body>
<main>
<p class="name">$site</p>
<h1>$title</h1>
$content
</main>
<footer>
$links
</footer>
</body>
</html>
"""

TEXT: Final = "<p>$text</p>\n"
QUIET: Final = '<p class="quiet">$text</p>\n'
NOTE: Final = '<p class="note" role="status">$text</p>\n'
BAD: Final = '<p class="note bad" role="alert">$text</p>\n'
LIST: Final = "<ul>\n$items</ul>\n"
ITEM: Final = "<li>$text</li>\n"
LINK: Final = '<a href="$href">$text</a>'
PARAGRAPH: Final = "<p>$content</p>\n"

BUTTON: Final = """<form method="post" action="$action">
<input type="hidden" name="t" value="$token">
<button>$text</button>
</form>
"""

CODE: Final = """<form method="post" action="confirm">
<input type="hidden" name="number" value="$number">
<label class="label" for="code">$label</label>
<input class="field code" id="code" name="code" inputmode="numeric"
  autocomplete="one-time-code" maxlength="12" required>
<button>$text</button>
</form>
"""

PREFERENCES: Final = """<form method="post" action="preferences">
<input type="hidden" name="t" value="$token">
<input type="hidden" name="zone" value="$zone">
<fieldset>
<legend>$legend</legend>
$choices</fieldset>
$times<button>$text</button>
</form>
"""

CHOICE: Final = """<label class="choice"><input type="checkbox" name="topics" value="$name"$checked>
<span>$title$about</span></label>
"""
ABOUT: Final = " <small>$text</small>"

TIMES: Final = """<label class="label" for="at">$label</label>
<select class="field" id="at" name="at">
$options</select>
$zone"""
OPTION: Final = '<option value="$value"$selected>$text</option>\n'

END: Final = """<section class="end">
<h2>$title</h2>
<form method="post" action="unsubscribe">
<input type="hidden" name="t" value="$token">
<button class="plain">$text</button>
</form>
</section>
"""
