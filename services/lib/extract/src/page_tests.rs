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
        ("list", "<ul><li>أول<li>ثان</ul>", "• أول\n• ثان"),
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

/// A paragraph long enough to be an article's.
const LONG: &str = "تقول البلدية إن السوق القديمة ستغلق أسبوعين لإصلاح السقف الذي تضرر من الأمطار، وإن الباعة \
     سينقلون إلى الساحة المجاورة حتى نهاية الأعمال، على أن تعوضهم عن أيام التوقف بحسب ما اتفق عليه مع ممثليهم.";

#[test]
fn articles_among_other_things() {
    for (name, html, want) in [
        (
            "teasers are marked as articles, the article is not",
            format!("<article>سوق أخرى</article><div><div class='c'><p>{LONG}</p><p>ختام</p></div></div>"),
            format!("{LONG}\nختام"),
        ),
        (
            "each paragraph in a wrapper",
            format!(
                "<div id='m'><div><p>{LONG}</p></div><div><p>ثانية طويلة قليلا</p></div><div><p>ثالثة</p></div></div>"
            ),
            format!("{LONG}\nثانية طويلة قليلا\nثالثة"),
        ),
        (
            "lines broken instead of paragraphs",
            format!("<div><p>موقع</p></div><div class='text'>{LONG}<br><br>ثانية<br>ثالثة</div>"),
            format!("{LONG}\nثانية\nثالثة"),
        ),
        (
            "a layout table",
            format!(
                "<table><tr><td><a href='/'>قائمة</a></td><td><p>{LONG}</p><p>ختام</p></td></tr></table>"
            ),
            format!("{LONG}\nختام"),
        ),
        (
            "links are no prose",
            format!(
                "<div><a href='/1'>{LONG}</a><a href='/2'>{LONG}</a></div><section><p>{LONG} متن</p></section>"
            ),
            format!("{LONG} متن"),
        ),
        (
            "a theme names the column like a tag",
            format!(
                "<body><div class='post tag-souk has-sidebar'><p>{LONG}</p><p>{LONG} ختام</p></div></body>"
            ),
            format!("{LONG}\n{LONG} ختام"),
        ),
        (
            "cookie banner, newsletter and comments by their names",
            format!(
                "<body><div id='cookieBanner'><p>نستخدم ملفات</p></div><div class='newsletter-box'><p>اشترك</p></div>\
                 <p>{LONG}</p><p>ختام</p><section id='comments'><p>تعليق</p></section></body>"
            ),
            format!("{LONG}\nختام"),
        ),
        (
            "hidden by style",
            format!("<article><p style='color:red; display : none'>خفي</p><p>{LONG}</p></article>"),
            LONG.to_owned(),
        ),
        (
            "AMP",
            format!(
                "<html amp><body><amp-sidebar><ul><li>قائمة</ul></amp-sidebar><article><amp-img alt='ص'><noscript>ص\
                 </noscript></amp-img><p>{LONG}</p><amp-ad>إعلان</amp-ad><p>ختام</p></article></body></html>"
            ),
            format!("{LONG}\nختام"),
        ),
        (
            "quotations, lists, data, scripts inside",
            format!(
                "<article><h1>عنوان</h1><script>var x = '<p>لا</p>';</script><p>{LONG}</p><blockquote><p>قول</p>\
                 </blockquote><ol><li><p>أول</p></li><li>ثان <b>مهم</b></li></ol><table><tr><th>اليوم</th><th>العدد</th>\
                 </tr><tr><td>السبت</td><td>12</td></tr></table><h2>فرعي</h2><p>ختام</p></article>"
            ),
            format!("عنوان\n{LONG}\nقول\n• أول\n• ثان مهم\nاليوم | العدد\nالسبت | 12\nفرعي\nختام"),
        ),
        (
            "tags that cross and never close",
            format!("<article><p><b>{LONG}<p>ثانية</b></div></span><p>ثالثة<table><tr><td>خلية<p>رابعة"),
            "".to_owned(),
        ),
    ] {
        let text = read(&html).text;
        if want.is_empty() {
            for part in [LONG, "ثانية", "ثالثة", "خلية", "رابعة"] {
                assert!(text.contains(part), "{name}: {part} in {text}");
            }
        } else {
            assert_eq!(text, want, "{name}");
        }
    }
}

#[test]
fn characters_survive() {
    let html = "<p>قال&nbsp;الوزير: &laquo;نعم&raquo; &#1593;&#x645;&hellip; أل&shy;مانيا &lrm;2024&rlm; كـــبير مُهِمّ &amp;lt;</p>";
    let text = read(html).text;
    assert_eq!(text, "قال\u{a0}الوزير: «نعم» عم… أل\u{ad}مانيا \u{200e}2024\u{200f} كـــبير مُهِمّ &lt;");
}

#[test]
fn structured_data() {
    let article = r#"{"@context":"https://schema.org","@type":"NewsArticle","headline":"عنوان الخبر",
        "datePublished":"2024-03-05T10:00:00+03:00","dateModified":"2024-03-09","publisher":{"@type":"Organization","name":"منبر المدينة"}}"#;
    let other = r#"{"@type":"WebPage","name":"صفحة","datePublished":"2020-01-01"}"#;
    let video = r#"{"@type":"VideoObject","datePublished":"2019-01-01","name":"فيديو"}"#;
    for (name, scripts) in [
        ("alone", vec![article.to_owned()]),
        ("behind the page's own", vec![other.to_owned(), article.to_owned()]),
        ("in a graph", vec![format!(r#"{{"@graph":[{other},{video},{article}]}}"#)]),
        ("in an array", vec![format!("[{video},{article}]")]),
        ("in a comment", vec![format!("//<![CDATA[\n{article}\n//]]>")]),
        ("behind what is broken", vec!["{\"@type\":".to_owned(), article.to_owned()]),
        ("as the main entity", vec![format!(r#"{{"@type":"WebPage","mainEntity":{article}}}"#)]),
        ("of several types", vec![article.replace("\"NewsArticle\"", "[\"Thing\",\"NewsArticle\"]")]),
        (
            "of a list of publishers",
            vec![article.replace(
                "{\"@type\":\"Organization\",\"name\":\"منبر المدينة\"}",
                "[{\"name\":\"منبر المدينة\"}]",
            )],
        ),
    ] {
        let scripts: String = scripts
            .iter()
            .map(|json| format!("<script type='application/ld+json'>{json}</script>"))
            .collect();
        let meta = read(&format!("<head><title>رأس</title>{scripts}</head><p>متن</p>")).meta;
        assert_eq!(meta.title.as_deref(), Some("عنوان الخبر"), "{name}");
        assert_eq!(meta.outlet.as_deref(), Some("منبر المدينة"), "{name}");
        assert_eq!(
            meta.published.map(|p| p.as_str().to_owned()).as_deref(),
            Some("2024-03-05T10:00:00+03:00"),
            "{name}"
        );
    }
    // Text that the browser builds.
    let built = format!(
        "<script type='application/ld+json'>{{\"@type\":\"Article\",\"articleBody\":\"{LONG}\n\nختام\"}}</script><p>حمل</p>"
    );
    assert_eq!(read(&built).text, format!("{LONG}\nختام"));
}

#[test]
fn titles_without_the_outlet() {
    for (title, want) in [
        ("افتتاح السوق | منبر", "افتتاح السوق"),
        ("افتتاح السوق - منبر", "افتتاح السوق"),
        ("افتتاح السوق – منبر", "افتتاح السوق"),
        ("افتتاح منبر", "افتتاح منبر"),
        ("منبر", "منبر"),
    ] {
        let html = format!("<meta property='og:site_name' content='منبر'><title>{title}</title>");
        assert_eq!(read(&html).meta.title.as_deref(), Some(want));
    }
}

#[test]
fn dates_on_the_page() {
    for (name, html, want) in [
        (
            "today's date stands above the headline",
            "<div class='top-date'>الأحد 1 ديسمبر 2024</div><h1>ع</h1><span class='post-date'>5 آذار 2024</span>",
            Some("2024-03-05"),
        ),
        ("only today's date", "<div class='top-date'>الأحد 1 ديسمبر 2024</div><h1>ع</h1><p>متن</p>", None),
        (
            "of two times that behind the headline",
            "<time datetime='2024-12-01'>اليوم</time><h1>ع</h1><time datetime='2024-03-05T08:00Z'>آذار</time>",
            Some("2024-03-05"),
        ),
        ("a time before the headline", "<time datetime='2024-03-05'>5</time><h1>ع</h1>", Some("2024-03-05")),
        ("relative", "<h1>ع</h1><span class='date'>منذ 3 ساعات</span><p>متن</p>", None),
        (
            "other names in the head",
            "<meta name='pubdate' content='Tue, 05 Mar 2024 08:15:00 GMT'>",
            Some("2024-03-05"),
        ),
        (
            "a long text in an element called update",
            "<h1>ع</h1><div class='updates'>قالت البلدية إن السوق القديمة ستفتح في 5 آذار 2024 بعد أعمال دامت طويلا جدا \
             وكلفت كثيرا وشارك فيها عمال كثيرون من المدينة ومن القرى القريبة منها كما قالت</div>",
            None,
        ),
    ] {
        let published = read(html).meta.published.map(|p| p.date().to_string());
        assert_eq!(published.as_deref(), want, "{name}");
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
    fn no_markup_panics(html in "(<[!/?]?[a-zA-Z-]{0,8}( [a-z]{1,6}(=('[^'<]{0,9}|\"[^\"]{0,9}\"|[^ >]{0,5})?)?){0,2}/?>?|&#?[a-z0-9]{0,6};?|\\PC){0,40}") {
        let page = read(&html);
        prop_assert!(!page.text.lines().any(|line| line.trim().is_empty()));
    }

    #[test]
    fn no_structured_data_panics(json in "[\\[{\"@a-z:,}\\]0-9 ]{0,60}") {
        read(&format!("<script type='application/ld+json'>{json}</script>"));
    }

    #[test]
    fn no_page_panics(html in "(<[/]?(p|div|b|script|table|article|!--|a|li)( x='[a-z<]')?>|[ء-ي \n&;<>]){0,60}") {
        let page = read(&html);
        prop_assert!(!page.text.contains("\n\n"));
    }
}
