use super::*;
use proptest::prelude::*;

#[test]
fn texts() {
    for (name, html, want) in [
        ("plain text", "نص بلا وسوم", "نص بلا وسوم"),
        ("paragraphs", "<p>أولى<p>ثانية", "أولى\nثانية"),
        ("entities", "<p>قال &quot;نعم&quot; &amp; مضى</p>", "قال \"نعم\" & مضى"),
        ("inline elements", "<p>الرئيس <b>جديد</b>، وصل</p>", "الرئيس جديد، وصل"),
        ("white space", "<p>\n  سطر\n  واحد </p>", "سطر واحد"),
        ("line break", "سطر<br/>آخر", "سطر\nآخر"),
        ("list", "<ul><li>أول<li>ثان</ul>", "أول\nثان"),
        ("script and style", "<style>p{}</style><script>var a='<p>لا</p>'</script><p>نعم</p>", "نعم"),
        ("comment", "<!-- <p>لا</p> --><p>نعم</p>", "نعم"),
        (
            "around",
            "<nav>قائمة</nav><aside>جانب</aside><p>متن</p><footer>ذيل</footer><form>بحث</form>",
            "متن",
        ),
        ("article", "<p>خارج</p><article><p>داخل</p></article>", "داخل"),
        (
            "longest article",
            "<article>قصير</article><article><p>مقال طويل هنا</p></article>",
            "مقال طويل هنا",
        ),
        ("article body", "<article><h1>ع</h1><div itemprop='articleBody'><p>متن</p></div></article>", "متن"),
        ("main", "<div>خارج</div><main><h2>ع</h2>متن</main>", "ع\nمتن"),
        ("caption", "<article><figure><figcaption>صورة</figcaption></figure><p>متن</p></article>", "متن"),
        ("by class", "<article><div class='post-share'>شارك</div><p>متن</p></article>", "متن"),
        ("hidden", "<article><p hidden>خفي</p><p>متن</p></article>", "متن"),
        (
            "most paragraphs",
            "<div><p>قائمة</p></div><section><h1>ع</h1><p>فقرة طويلة بما يكفي</p><p>فقرة</p></section>",
            "ع\nفقرة طويلة بما يكفي\nفقرة",
        ),
        ("nothing", "<script>1</script>", ""),
        ("empty", "", ""),
        ("unclosed", "<div><p>نص <b>غامق", "نص غامق"),
        ("upper case", "<SCRIPT>لا</SCRIPT><P>نعم</P>", "نعم"),
    ] {
        assert_eq!(read(html).text, want, "{name}");
    }
}

#[test]
fn titles_outlets_and_urls() {
    for (html, title, outlet, url) in [
        ("<title> من الرأس </title><p>م</p>", Some("من الرأس"), None, None),
        ("<title>رأس</title><h1>عنوان  المقال</h1>", Some("عنوان المقال"), None, None),
        ("<h1>ع</h1><meta property='og:title' content='أوجي'>", Some("أوجي"), None, None),
        ("<meta name='og:site_name' content='منبر'>", None, Some("منبر"), None),
        ("<link rel='canonical' href='https://a.example/x'>", None, None, Some("https://a.example/x")),
        ("<meta property='og:url' content='http://a.example/y'>", None, None, Some("http://a.example/y")),
        ("<link rel='canonical' href='/x'>", None, None, None),
        ("<link rel='canonical' href='javascript:x'>", None, None, None),
    ] {
        let meta = read(html).meta;
        assert_eq!(
            (meta.title.as_deref(), meta.outlet.as_deref(), meta.url.as_deref()),
            (title, outlet, url)
        );
    }
}

#[test]
fn publication_times() {
    for (html, want) in [
        (
            "<meta property='article:published_time' content='2024-03-05T10:00:00+03:00'>",
            "2024-03-05T10:00:00+03:00",
        ),
        ("<time datetime='2024-03-05'>أمس</time>", "2024-03-05"),
        ("<meta property='article:published_time' content='2024-03-05 10:00'>", "2024-03-05"),
        (r#"<script type='application/ld+json'>{"datePublished":"2024-03-06"}</script>"#, "2024-03-06"),
        (
            r#"<script type='application/ld+json'>[{"@graph":[{"a":1},{"datePublished":"2024-03-07"}]}]</script>"#,
            "2024-03-07",
        ),
        ("<script type='application/ld+json'>{broken</script><time datetime='2024-03-08'>", "2024-03-08"),
        (
            "<meta property='article:published_time' content='قريبا'><time datetime='2024-03-09'>",
            "2024-03-09",
        ),
    ] {
        assert_eq!(read(html).meta.published.map(|p| p.as_str().to_owned()).as_deref(), Some(want), "{html}");
    }
    assert_eq!(read("<time datetime='now'>الآن</time>").meta.published, None);
}

#[test]
fn deep_nesting() {
    for tag in ["div", "b", "span", "ul", "table", "article", "a"] {
        let html = format!("{}نص{}", format!("<{tag}>").repeat(100_000), format!("</{tag}>").repeat(100_000));
        assert_eq!(read(&html).text.trim(), "نص", "{tag}");
    }
    let html = format!("<p>قبل</p>{}</div><p>بعد</p>", "<div>".repeat(100_000));
    assert!(read(&html).text.contains("بعد"));
}

proptest! {
    #[test]
    fn no_page_panics(html in "(<[/]?(p|div|b|script|table|article|!--|a|li)( x='[a-z<]')?>|[ء-ي \n&;<>]){0,60}") {
        let page = read(&html);
        prop_assert!(!page.text.contains("\n\n"));
    }
}
