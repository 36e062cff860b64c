/*
 * test_html.c - HTML from outside: what stays of it, and that nothing of the rest does.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

/* What comes out; NULL: refused. */
static const struct {
    const char *html, *reduced;
} cases[] = {
    /* what is allowed stays, what means the same is renamed */
    {"Hello", "<div>Hello</div>"},
    {"<div>Strong on SQL.<br>See <a href=\"https://x.example/r/1\">report</a></div>",
     "<div>Strong on SQL.<br>See <a href=\"https://x.example/r/1\">report</a></div>"},
    {"<p>a</p><p>b</p>", "<div>a</div><div>b</div>"},
    {"<h1>T</h1>text", "<div>T</div><div>text</div>"},
    {"<b>a</b> <i>b</i> <strong>c</strong> <em>d</em>",
     "<div><strong>a</strong> <em>b</em> <strong>c</strong> <em>d</em></div>"},
    {"<ul><li>a<li>b</ul><ol><li>c</ol>", "<ul><li>a</li><li>b</li></ul><ol><li>c</li></ol>"},
    {"<li>a</li>", "<div>a</div>"},
    {"<b>a<b>b</b></b>", "<div><strong>ab</strong></div>"},
    {"<b><p>a</p></b>", "<div><strong><div>a</div></strong></div>"},
    /* everything else leaves its text */
    {"<span style=\"color:red\" onclick=\"x()\">a</span><font size=7>b</font><u>c</u>", "<div>abc</div>"},
    {"<div class=x id=y style=z data-q=1 onmouseover=alert(1)>a</div>", "<div>a</div>"},
    {"<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>", "<div>a b</div><div>c</div>"},
    {"<img src=x onerror=alert(1)>a", "<div>a</div>"},
    {"<form action=//evil><input value=x><button>Go</button></form>", "<div>Go</div>"},
    {"<textarea><script>x</script></textarea>", "<div>&lt;script&gt;x&lt;/script&gt;</div>"},
    {"a<!-- comment --><!doctype html><?php echo 1 ?>b", "<div>ab</div>"},
    {"<![CDATA[x]]>a", "<div>a</div>"},
    /* white space */
    {"  a \n\n b\t<b> c </b> d <br> e ", "<div>a b <strong>c</strong> d<br>e</div>"},
    {"<p> a </p>\n<p>\xc2\xa0 b&nbsp;</p>", "<div>a</div><div>b</div>"},
    {"a<br/>b<br>", "<div>a<br>b<br></div>"},
    /* text is escaped */
    {"a & b &amp; c &lt;script&gt; \"q\" 'p'", "<div>a &amp; b &amp; c &lt;script&gt; &quot;q&quot; 'p'</div>"},
    {"1 < 2 > 0", "<div>1 &lt; 2 &gt; 0</div>"},
    {"&#60;img src=x onerror=alert(1)&#62;", "<div>&lt;img src=x onerror=alert(1)&gt;</div>"},
    {"&amp;lt;b&amp;gt;", "<div>&amp;lt;b&amp;gt;</div>"},
    {"a&#0;b&#xD800;c&#x1F600;", "<div>a\xef\xbf\xbd"
                                 "b\xef\xbf\xbd"
                                 "c\xf0\x9f\x98\x80</div>"},
    {"a&#1;b&#127;c&#144;d", "<div>a b c d</div>"},
    /* not UTF-8 */
    {"a\xff\xc3(", "<div>a\xef\xbf\xbd\xef\xbf\xbd(</div>"},
    {"\xc0\xbcscript\xc0\xbe"
     "x",
     "<div>\xef\xbf\xbd\xef\xbf\xbdscript\xef\xbf\xbd\xef\xbf\xbdx</div>"},
    /* dropped with all they hold */
    {"a<script>alert(1)</script>b", "<div>ab</div>"},
    {"a<SCRIPT SRC=http://xss.example/x.js></SCRIPT>", "<div>a</div>"},
    {"<scr<script>ipt>alert(1)</script>a", "<div>ipt&gt;alert(1)a</div>"},
    {"<<script>alert(1);//<</script>a", "<div>&lt;a</div>"},
    {"<style>@import 'x'</style><style>li{background:url(javascript:x)}</style>a", "<div>a</div>"},
    {"<title>t</title><noscript><p>n</p></noscript><template><b>x</b></template>a", "<div>a</div>"},
    {"<iframe src=javascript:alert(1)>in</iframe><object data=x>o</object>a", "<div>a</div>"},
    {"<svg><script>alert(1)</script><text>t</text></svg>a", "<div>a</div>"},
    {"<svg/onload=alert(1)>a", NULL},
    {"<math><mi xlink:href=\"javascript:alert(1)\">x</mi></math>a", "<div>a</div>"},
    {"<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", NULL},
    {"<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">a", NULL},
    {"<select><option>x</select>a", "<div>a</div>"},
    {"<script>never closed", NULL},
    {"<!-- never closed <b>x</b>", NULL},
    {"<div title=\"never closed>a", NULL},
    /* addresses */
    {"<a href=https://x.example/a?b=1&amp;c=2#d>a</a>",
     "<div><a href=\"https://x.example/a?b=1&amp;c=2#d\">a</a></div>"},
    {"<a href=' HTTPS://x.example '>a</a>", "<div><a href=\"https://x.example\">a</a></div>"},
    {"<a href=https://x.example title=t target=_blank onclick=x()>a</a>",
     "<div><a href=\"https://x.example\">a</a></div>"},
    {"<a href=javascript:alert(1)>a</a>", "<div>a</div>"},
    {"<a href=' javascript:alert(1)'>a</a>", "<div>a</div>"},
    {"<a href='jav&#x09;ascript:alert(1)'>a</a>", "<div>a</div>"},
    {"<a href='JaVaScRiPt&colon;alert(1)'>a</a>", "<div>a</div>"},
    {"<a href='\x01javascript:alert(1)'>a</a>", "<div>a</div>"},
    {"<a href='data:text/html,<script>alert(1)</script>'>a</a>", "<div>a</div>"},
    {"<a href=vbscript:x>a</a><a href=http://x.example>b</a><a href=//x.example>c</a><a href=/d>d</a><a>e</a>",
     "<div>abcde</div>"},
    {"<a href='https:/x.example'>a</a><a href='https:x.example'>b</a><a href='https://'>c</a>", "<div>abc</div>"},
    {"<a href='https:///x'>a</a><a href='https://?x'>b</a><a href='https://#x'>c</a>", "<div>abc</div>"},
    {"<a href='https://good.example@evil.example/'>a</a>", "<div>a</div>"},
    {"<a href='https://x.example/@ada'>a</a>", "<div><a href=\"https://x.example/@ada\">a</a></div>"},
    {"<a href='https://x.example/\"onclick=\"x'>a</a><a href=\"https://x.example/'x\">b</a>", "<div>ab</div>"},
    {"<a href='https://x.example/<b>'>a</a><a href='https://x.example/\\'>b</a>", "<div>ab</div>"},
    {"<a href='https://x.example/a b'>a</a><a href='https://x.example/\n'>b</a>",
     "<div>a<a href=\"https://x.example/\">b</a></div>"},
    {"<a href=https://a.example>a<table><tr><td><a href=https://b.example>b</a></table></a>",
     "<div><a href=\"https://a.example\">a<div>b</div></a></div>"},
    {"<a href=https://a.example>a<a href=https://b.example>b</a>",
     "<div><a href=\"https://a.example\">a</a><a href=\"https://b.example\">b</a></div>"},
    {"<a href=https://a.example href=javascript:x>a</a>", "<div><a href=\"https://a.example\">a</a></div>"},
    /* nothing to read */
    {"", NULL},
    {" \n&nbsp; ", NULL},
    {"<br><hr><img src=x>", NULL},
};

static void what_is_allowed_stays_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf out;
        struct error err = {0};
        bool is_fine;

        buf_init(&out, 10000);
        is_fine = html_reduce(cases[i].html, &out, &err);
        if (is_fine != (cases[i].reduced != NULL))
            fail_msg("%s\nbecame %s: %s", cases[i].html, out.data, err.text);
        if (is_fine && strcmp(out.data, cases[i].reduced) != 0)
            fail_msg("%s\n   became %s\nexpected %s", cases[i].html, out.data, cases[i].reduced);
        buf_clear(&out);
    }
}

static void what_was_reduced_is_not_changed_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf out;

        buf_init(&out, 10000);
        if (cases[i].reduced &&
            (!html_reduce(cases[i].reduced, &out, &(struct error){0}) || strcmp(out.data, cases[i].reduced) != 0))
            fail_msg("%s became %s", cases[i].reduced, out.data);
        buf_clear(&out);
    }
}

/* piece, count times; owned. */
static char *many(const char *piece, size_t count)
{
    struct buf text;

    buf_init(&text, SIZE_MAX - 1);
    for (size_t i = 0; i < count; i++)
        buf_add_string(&text, piece);
    return buf_take(&text);
}

static void what_is_nested_too_deeply_leaves_its_text(void **state)
{
    char *open = many("<div><b>", 500), *html = mem_printf("%sdeep", open);
    struct buf out;
    unsigned depth = 0, deepest = 0;

    (void)state;
    buf_init(&out, 100000);
    assert_true(html_reduce(html, &out, &(struct error){0}));
    assert_non_null(strstr(out.data, "deep"));
    for (const char *at = strchr(out.data, '<'); at; at = strchr(at + 1, '<')) {
        if (strncmp(at, "<br>", 4) == 0)
            continue;
        depth += at[1] == '/' ? -1U : 1;
        deepest = depth > deepest ? depth : deepest;
    }
    assert_int_equal(depth, 0);
    assert_in_range(deepest, 10, HTML_MAX_DEPTH);
    buf_clear(&out);
    mem_free(html);
    mem_free(open);
}

static const struct {
    const char *before, *piece;
    size_t count;
    const char *after;
    const char *words; /* of the refusal; NULL: taken */
} bounds[] = {
    {"", "x", HTML_MAX_BYTES, "", NULL},
    {"", "x", HTML_MAX_BYTES + 1, "", "has 32769 bytes"},
    {"", "<p>x", HTML_MAX_TAGS, "", NULL},
    {"", "<p>x", HTML_MAX_TAGS + 1, "", "more than 3000 tags"},
    {"x", "</p>", HTML_MAX_TAGS + 1, "", "more than 3000 tags"},
    {"<!--", "<i>", HTML_MAX_TAGS + 1, "-->x", "more than 3000 tags"},
    {"", "<B x>a</B>", 200, "", NULL},
    {"", "<B x>a</B>", 300, "", "600 tags, 300 of them such as b or font"},
    {"", "<font/size=1>", 400, "x", "too many"},
    {"", "<span x>", 2000, "x", NULL},
    {"<p>", "<b><i><u>", 600, "x", NULL},
};

static void what_is_over_a_bound_is_refused_with_the_bound(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bounds); i++) {
        char *middle = many(bounds[i].piece, bounds[i].count);
        char *html = mem_printf("%s%s%s", bounds[i].before, middle, bounds[i].after);
        struct error err = {0};
        struct buf out;
        bool is_fine;

        buf_init(&out, 1000000);
        is_fine = html_reduce(html, &out, &err);
        if (is_fine != !bounds[i].words || (!is_fine && !strstr(err.text, bounds[i].words)))
            fail_msg("%zu times %s: %s", bounds[i].count, bounds[i].piece, err.text);
        buf_clear(&out);
        mem_free(html);
        mem_free(middle);
    }
}

static const struct {
    const char *text, *html;
} texts[] = {
    {"a", "<div>a</div>"},
    {"a\nb\r\nc", "<div>a<br>b<br>c</div>"},
    {"a\n\nb", "<div>a<br><br>b</div>"},
    {"\n a \n ", "<div>a</div>"},
    {"<b>&\"'", "<div>&lt;b&gt;&amp;&quot;'</div>"},
    {"a\xff"
     "b",
     "<div>ab</div>"},
    {"", NULL},
    {" \n ", NULL},
};

static void plain_text_becomes_one_div_with_its_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct buf out;
        bool is_fine;

        buf_init(&out, 1000);
        is_fine = html_from_text(texts[i].text, &out, &(struct error){0});
        if (is_fine != !!texts[i].html || (is_fine && strcmp(out.data, texts[i].html) != 0))
            fail_msg("%s became %s", texts[i].text, out.data);
        buf_clear(&out);
    }
}

static void a_text_that_is_too_long_is_refused(void **state)
{
    char *text = many("x", HTML_MAX_BYTES + 1);
    struct error err = {0};
    struct buf out;

    (void)state;
    buf_init(&out, 100000);
    assert_false(html_from_text(text, &out, &err));
    assert_non_null(strstr(err.text, "32768 is the most"));
    buf_clear(&out);
    mem_free(text);
}

static const struct {
    const char *reduced, *lines;
} lines[] = {
    {"<div>a <strong>b</strong> &amp;lt; &quot;<em>c</em>&quot;</div>", "a b &lt; \"c\"\n"},
    {"<div>a<br><br>b</div><ul><li>c</li><li><a href=\"https://x.example\">d</a></li></ul>", "a\nb\nc\nd\n"},
};

static void lines_are_what_people_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct buf out;

        buf_init(&out, 1000);
        html_to_lines(lines[i].reduced, &out);
        assert_string_equal(out.data, lines[i].lines);
        buf_clear(&out);
    }
}

static const struct {
    const char *html, *reduced;
    bool shows;
} shown[] = {
    {"<div>a</div>", "<div>a</div>", true},
    {"<div>x</div><div>a</div><div>y</div>", "<div>a</div>", true},
    {"<p>x</p><h2>a</h2>", "<div>a</div>", true},
    {"x<br>a", "<div>a</div>", true},
    {"<div>a b</div>", "<div>a</div>", false},
    {"<div>b a</div>", "<div>a</div>", false},
    {"<div>a</div><div>x</div><div>b</div>", "<div>a<br>b</div>", false},
    {"<div>x</div><ul><li>a</li><li>b</li></ul>", "<div>a<br>b</div>", true},
    {"", "<div>a</div>", false},
    {"<script>a</script>", "<div>a</div>", false},
};

static void a_text_is_shown_when_its_lines_stand_there_one_after_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(shown); i++)
        if (html_shows(shown[i].html, shown[i].reduced) != shown[i].shows)
            fail_msg("%s in %s", shown[i].reduced, shown[i].html);
}

static void html_over_a_bound_shows_only_what_stands_in_it_as_it_is(void **state)
{
    char *filler = many("<p>x", HTML_MAX_TAGS + 1);
    char *html = mem_printf("<p>a</p><div>b</div>%s", filler);

    (void)state;
    assert_false(html_shows(html, "<div>a</div>"));
    assert_true(html_shows(html, "<div>b</div>"));
    mem_free(html);
    mem_free(filler);
}

/* Where </p> leads out of <svg>, as newer parsers have it, the rest is text; where it does not, nothing is left. */
static void what_parsers_read_differently_holds_no_element_either_way(void **state)
{
    struct buf out;
    struct error err = {0};

    (void)state;
    buf_init(&out, 10000);
    if (html_reduce("<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">", &out, &err))
        assert_string_equal(out.data, "<div></div><div>&quot;&gt;</div>");
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_allowed_stays_and_nothing_else),
        cmocka_unit_test(what_was_reduced_is_not_changed_again),
        cmocka_unit_test(what_is_nested_too_deeply_leaves_its_text),
        cmocka_unit_test(what_is_over_a_bound_is_refused_with_the_bound),
        cmocka_unit_test(plain_text_becomes_one_div_with_its_lines),
        cmocka_unit_test(a_text_that_is_too_long_is_refused),
        cmocka_unit_test(lines_are_what_people_read),
        cmocka_unit_test(a_text_is_shown_when_its_lines_stand_there_one_after_another),
        cmocka_unit_test(html_over_a_bound_shows_only_what_stands_in_it_as_it_is),
        cmocka_unit_test(what_parsers_read_differently_holds_no_element_either_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
