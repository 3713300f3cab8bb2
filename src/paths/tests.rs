use std::collections::HashSet;

use actix_web::http::header::HeaderValue;
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use url::Url;

use super::*;

/// Any text that can be a part of a path.
fn part() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        any::<String>(),
        "[a./?#%\\\\\0é{} +;&=-]{1,4}",
        "(a/b|a\\?b|%|%2F|%00|\0|é|\\.\\.\\.|http://a|//a|\r\nA: b)",
    ];
    text.prop_filter("has no address", |text| !matches!(text.as_str(), "" | "." | ".."))
}

fn level() -> impl Strategy<Value = LevelName> {
    prop::sample::select(Level::ALL.map(LevelName::standard).to_vec())
}

/// The addresses whose path has `part` in it, each with the decoded parts of its path.
fn with_part<'a>(part: &'a str, level: &'a LevelName) -> Vec<(String, Vec<&'a str>)> {
    let level_slug = level.slug();
    vec![
        (profession(part), vec!["professions", part]),
        (grade(part, level), vec!["professions", part, level_slug]),
        (skill(part), vec!["skills", part]),
        (asset(part), vec!["assets", part]),
        (api::profession(part), vec!["api", "v1", "graders", "professions", part]),
        (admin::setup(part), vec!["admin", "setup", part]),
        (admin::invitation(part), vec!["admin", "invitation", part]),
        (admin::profession(part), vec!["admin", "professions", part]),
        (admin::track(part), vec!["admin", "tracks", part]),
        (admin::whole_ladder(part), vec!["admin", "professions", part, "ladder"]),
        (admin::publication(part), vec!["admin", "professions", part, "publication"]),
        (admin::profession_history(part), vec!["admin", "professions", part, "history"]),
        (admin::profession_removal(part), vec!["admin", "professions", part, "delete"]),
        (admin::grade(part, level), vec!["admin", "professions", part, level_slug]),
        (
            admin::grade_history(part, level),
            vec!["admin", "professions", part, level_slug, "history"],
        ),
        (
            admin::grade_removal(part, level),
            vec!["admin", "professions", part, level_slug, "delete"],
        ),
        (admin::skill(part), vec!["admin", "skills", part]),
        (admin::skill_history(part), vec!["admin", "skills", part, "history"]),
        (admin::skill_merge(part), vec!["admin", "skills", part, "merge"]),
        (admin::skill_removal(part), vec!["admin", "skills", part, "delete"]),
    ]
}

/// The addresses with any text in their query, each with the pairs of it.
fn with_text<'a>(
    text: &'a str,
    level: &'a LevelName,
) -> Vec<(String, Vec<(&'static str, &'a str)>)> {
    let asked = SearchQuery { question: text, track: None, level: None, kind: None, page: 1 };
    let level_slug = level.slug();
    let plan_query = PlanQuery {
        profession: text,
        grade: level_slug,
        since: Some(text),
        to: Some(""),
        failed: "",
        failed_on: text,
        name: text,
        revision: "",
        next: "",
        answers: None,
    };
    let plan_pairs = vec![
        ("profession", text),
        ("grade", level_slug),
        ("since", text),
        ("to", ""),
        ("failed-on", text),
        ("name", text),
    ];
    let audit = admin::AuditQuery { login: text, before: Some(7), ..Default::default() };
    vec![
        (compare(text, "a/b"), vec![("from", text), ("to", "a/b")]),
        (compare("", text), vec![("from", ""), ("to", text)]),
        (across(level.level(), Some(text), 1), vec![("level", level_slug), ("track", text)]),
        (matrix(Some(text), 2), vec![("track", text), ("page", "2")]),
        (matrix_csv(Some(text), None), vec![("track", text)]),
        (matrix_skills(text), vec![("profession", text)]),
        (
            matrix_skills_csv(text, Some("semicolon")),
            vec![("profession", text), ("separator", "semicolon")],
        ),
        (search(&asked), vec![("q", text)]),
        (plan_of(text, Some(level)), vec![("profession", text), ("grade", level_slug)]),
        (plan(&plan_query), plan_pairs.clone()),
        (plan_ics(&plan_query), plan_pairs),
        (
            salary(&SalaryQuery { profession: text, floor: Some(text), ..SalaryQuery::default() }),
            vec![("profession", text), ("floor", text)],
        ),
        (check_of(text, level), vec![("profession", text), ("grade", level_slug)]),
        (defence_of(text, level), vec![("profession", text), ("grade", level_slug)]),
        (admin::sign_in_to(text), vec![("to", text)]),
        (admin::new_skill_called(text), vec![("title", text)]),
        (admin::skills_page(text, None, 1), vec![("q", text), ("page", "1")]),
        (admin::audit_of(&audit), vec![("login", text), ("before", "7")]),
    ]
}

/// The address as a URL, after making sure that it stands there unchanged and fits a header.
fn parsed(address: &str) -> Url {
    assert!(address.starts_with('/') && !address.starts_with("//"), "{address}");
    assert!(address.bytes().all(|byte| byte.is_ascii_graphic()), "{address}");
    HeaderValue::from_str(address).unwrap();
    let url = Url::parse("https://example.org").unwrap().join(address).unwrap();
    assert_eq!(url.as_str(), format!("https://example.org{address}"));
    url
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

#[test]
fn addresses_of_real_names_are_written_plainly() {
    let junior_plus = &LevelName::standard(Level::JuniorPlus);
    for (address, plain) in [
        (home(1), "/"),
        (home(2), "/?page=2"),
        (track(1, "web"), "/#web"),
        (track(3, "web"), "/?page=3#web"),
        (profession("front-end"), "/professions/front-end"),
        (grade("front-end", junior_plus), "/professions/front-end/junior-plus"),
        (grade_in_ladder("front-end", junior_plus.level()), "/professions/front-end#junior-plus"),
        (
            requirement("front-end", junior_plus, "v84krb-2"),
            "/professions/front-end/junior-plus#junior-plus-v84krb-2",
        ),
        (compare("", ""), "/compare"),
        (
            compare("front-end/junior", "full-stack/middle"),
            "/compare?from=front-end/junior&to=full-stack/middle",
        ),
        (across(Level::Middle, Some("web"), 2), "/compare?level=middle&track=web&page=2"),
        (matrix(None, 1), "/matrix"),
        (matrix_csv(None, None), "/matrix.csv"),
        (matrix_skills_csv("front-end", None), "/matrix.csv?profession=front-end"),
        (skill("ci-cd"), "/skills/ci-cd"),
        (plan_of("front-end", None), "/plan?profession=front-end"),
        (salary(&SalaryQuery::default()), "/salary"),
        (mentoring(1), "/mentoring"),
        (api::grade(7), "/api/v1/graders/grades/7"),
        (
            api::next_part("/api/v1/graders/grades?limit=1&cursor=a", "b"),
            "/api/v1/graders/grades?limit=1&cursor=b",
        ),
        (
            admin::done(&admin::profession("front-end"), admin::Done::Saved),
            "/admin/professions/front-end?done=saved",
        ),
        (admin::versions(admin::rules_history(), 2, 3), "/admin/rules/history?from=2&to=3"),
        (admin::audit_of(&admin::AuditQuery::default()), "/admin/audit"),
    ] {
        assert_eq!(address, plain);
    }
}

#[test]
fn the_api_begins_below_its_reference_page() {
    assert!(api::contains(&api::profession("front-end")) && api::contains(api::openapi()));
    for other in [api::reference(), "/apis", "/", "", "/professions/api/"] {
        assert!(!api::contains(other), "{other}");
    }
}

#[test]
fn a_moved_request_keeps_the_rest_of_its_address() {
    for (pattern, path, query, address) in [
        ("/professions/{slug}", "/professions/old", "", "/professions/new"),
        (
            "/professions/{slug}/{level}",
            "/professions/old/junior%2B",
            "a=b%20c&profession=old",
            "/professions/new/junior%2B?a=b%20c&profession=old",
        ),
        ("/matrix", "/matrix", "profession=old&page=2", "/matrix?profession=new&page=2"),
    ] {
        assert_eq!(moved(pattern, path, query, "new"), address);
    }
    let odd = moved("/professions/{slug}", "/professions/old", "", "a/b\0");
    assert_eq!(odd, "/professions/a%2Fb%00");
}

#[test]
fn a_slash_at_the_end_goes_and_the_query_stays() {
    for (path, query, address) in [
        ("/search/", "q=git", Some("/search?q=git")),
        ("//example.org//", "", Some("/example.org")),
        ("/rules///", "", Some("/rules")),
        ("/rules", "a", None),
        ("/", "", None),
    ] {
        assert_eq!(without_last_slash(path, query).as_deref(), address, "{path}");
    }
}

proptest! {
    #[test]
    fn a_part_of_a_path_comes_back_from_its_address(part in part(), level in level()) {
        for (address, parts) in with_part(&part, &level) {
            let url = parsed(&address);
            let found = url.path_segments().unwrap().map(decoded).collect::<Vec<_>>();
            prop_assert_eq!(found, parts);
            prop_assert_eq!((url.query(), url.fragment()), (None, None));
        }
    }

    #[test]
    fn a_fragment_comes_back_from_its_address(part in part(), id in any::<String>(), level in level()) {
        let url = parsed(&requirement(&part, &level, &id));
        prop_assert_eq!(decoded(url.fragment().unwrap()), format!("{}-{id}", level.slug()));
        let url = parsed(&track(2, &part));
        prop_assert_eq!(decoded(url.fragment().unwrap()), part);
    }

    #[test]
    fn any_text_comes_back_from_a_query(text in ".{1,9}", level in level()) {
        for (address, pairs) in with_text(&text, &level) {
            let url = parsed(&address);
            let found = url.query_pairs().into_owned().collect::<Vec<_>>();
            let pairs = pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
            prop_assert_eq!(found, pairs.collect::<Vec<_>>());
        }
    }

    #[test]
    fn two_things_never_have_one_address(one in part(), other in part(), level in level()) {
        prop_assume!(one != other);
        let addresses = |part: &str| {
            let paths = with_part(part, &level).into_iter().map(|(address, _)| address);
            let queries = with_text(part, &level).into_iter().map(|(address, _)| address);
            paths.chain(queries).collect::<Vec<_>>()
        };
        let all = [addresses(&one), addresses(&other)].concat();
        let different = all.iter().collect::<HashSet<_>>();
        prop_assert_eq!(different.len(), all.len());
    }
}
