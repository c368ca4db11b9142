use super::*;

fn html(markdown: &str) -> String {
    render(markdown, 100_000).html
}

#[test]
fn renders_the_small_set() {
    for (markdown, expected) in [
        ("one\ntwo", "<p>one<br>two</p>"),
        (
            "**b** *i* ~~d~~ `c`",
            "<p><strong>b</strong> <em>i</em> <del>d</del> <code>c</code></p>",
        ),
        ("# Big\n\n### Small", "<h3>Big</h3><h4>Small</h4>"),
        ("3. x\n4. y", "<ol start=\"3\"><li>x</li><li>y</li></ol>"),
        ("> q", "<blockquote><p>q</p></blockquote>"),
        ("```js\na<b\n```", "<pre><code>a&lt;b\n</code></pre>"),
        ("a\n\n---", "<p>a</p><hr>"),
    ] {
        assert_eq!(html(markdown), expected, "{markdown}");
    }
}

#[test]
fn links_only_where_it_is_safe() {
    let safe =
        "<p><a href=\"https://a.example/?x=1&amp;y=2\" rel=\"noopener nofollow ugc\">t</a></p>";
    for (markdown, expected) in [
        ("[t](https://a.example/?x=1&y=2)", safe),
        ("[t](javascript:alert(1))", "<p>t</p>"),
        ("[t](JaVaScRiPt:alert(1))", "<p>t</p>"),
        ("[t](data:text/html,x)", "<p>t</p>"),
        ("[t](//evil.example)", "<p>t</p>"),
        ("[t](/login)", "<p>t</p>"),
        ("[t](<http://a\tb>)", "<p>t</p>"),
    ] {
        assert_eq!(html(markdown), expected, "{markdown}");
    }
}

#[test]
fn shows_raw_html_as_text() {
    let out = html("<script>alert(1)</script>\n\nx <img src=x onerror=alert(1)> y");
    assert!(!out.contains("<script") && !out.contains("<img"), "{out}");
    assert!(
        out.contains("&lt;script&gt;alert(1)&lt;/script&gt;"),
        "{out}"
    );
}

#[test]
fn turns_pictures_into_links() {
    assert_eq!(
        html("![alt](https://a.example/p.png)"),
        "<p><a href=\"https://a.example/p.png\" rel=\"noopener nofollow ugc\">alt</a></p>"
    );
    // A picture inside a link must not nest links.
    assert_eq!(
        html("[![alt](https://a.example/p.png)](https://b.example)"),
        "<p><a href=\"https://b.example\" rel=\"noopener nofollow ugc\">alt</a></p>"
    );
}

#[test]
fn links_bare_urls_and_moments() {
    let link = |url: &str| format!("<a href=\"{url}\" rel=\"noopener nofollow ugc\">{url}</a>");
    for (markdown, expected) in [
        (
            "see https://a.example/b.",
            format!("<p>see {}.</p>", link("https://a.example/b")),
        ),
        (
            "(https://a.example/b)",
            format!("<p>({})</p>", link("https://a.example/b")),
        ),
        (
            "https://en.wikipedia.org/wiki/Tube_(film)",
            format!(
                "<p>{}</p>",
                link("https://en.wikipedia.org/wiki/Tube_(film)")
            ),
        ),
        (
            "1:02:03 End",
            "<p><a href=\"?start=3723\" data-seek=\"3723\">1:02:03</a> End</p>".into(),
        ),
        ("12:34, 99:99 and 1:2", {
            "<p><a href=\"?start=754\" data-seek=\"754\">12:34</a>, 99:99 and 1:2</p>".into()
        }),
    ] {
        assert_eq!(html(markdown), expected, "{markdown}");
    }
    assert_eq!(
        html("`https://a.example`"),
        "<p><code>https://a.example</code></p>"
    );
}

#[test]
fn stays_within_its_bounds_for_hostile_text() {
    for hostile in [
        ">".repeat(10_000),
        "- ".repeat(5_000),
        "<".repeat(10_000),
        "1:00 ".repeat(2_000),
    ] {
        let rendered = render(&hostile, 8_000);
        assert!(rendered.html.len() < 8_400, "{} bytes", rendered.html.len());
        let opened = rendered.html.matches("<blockquote>").count();
        assert_eq!(opened, rendered.html.matches("</blockquote>").count());
        assert!(opened <= DEPTH_MAX);
    }
}

#[test]
fn says_when_text_was_cut() {
    let long = "word ".repeat(1_000);
    let rendered = render(&long, 500);
    assert!(rendered.cut);
    assert!(rendered.html.ends_with("…</p>"), "{}", rendered.html);
    assert!(!render("short", 500).cut);
}

#[test]
fn takes_the_words_for_meta_tags() {
    assert_eq!(
        plain_text("# Title\n\nSome **bold**, [link](https://a.example).", 100),
        "Title Some bold, link."
    );
    assert_eq!(plain_text(&"long ".repeat(100), 12), "long long…");
}

#[test]
fn elsewhere_no_link_is_relative() {
    let text = "At 1:23 see https://a.test/ and [b](/b)";
    assert!(render(text, usize::MAX).html.contains("?start=83"));
    let html = super::render_elsewhere(text, usize::MAX);
    assert!(
        html.starts_with("<p>At 1:23 see <a href=\"https://a.test/\""),
        "{html}"
    );
    assert_eq!(html.matches("href=").count(), 1, "{html}");
}
