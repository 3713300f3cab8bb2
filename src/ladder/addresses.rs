//! The parts of a text that are no prose: web and mail addresses, paths and file names.

use std::ops::Range;

/// Endings of file names. Only small letters: «Node.JS» names no file.
const EXTENSIONS: [&str; 108] = [
    "7z",
    "apk",
    "bak",
    "bash",
    "bat",
    "bmp",
    "c",
    "cc",
    "cfg",
    "cjs",
    "cmd",
    "conf",
    "config",
    "cpp",
    "cs",
    "css",
    "csv",
    "dart",
    "db",
    "deb",
    "dll",
    "dmg",
    "doc",
    "docx",
    "env",
    "exe",
    "fs",
    "gif",
    "go",
    "gradle",
    "graphql",
    "groovy",
    "gz",
    "h",
    "hpp",
    "htm",
    "html",
    "ico",
    "ini",
    "ipynb",
    "iso",
    "jar",
    "java",
    "jpeg",
    "jpg",
    "js",
    "json",
    "jsonl",
    "jsx",
    "kt",
    "kts",
    "less",
    "lock",
    "log",
    "lua",
    "m",
    "map",
    "md",
    "mjs",
    "mod",
    "parquet",
    "pdf",
    "php",
    "pl",
    "plist",
    "png",
    "ppt",
    "pptx",
    "properties",
    "proto",
    "ps1",
    "py",
    "r",
    "rar",
    "rb",
    "rdb",
    "rpm",
    "rs",
    "sass",
    "scala",
    "scss",
    "service",
    "sh",
    "so",
    "sock",
    "sql",
    "sqlite",
    "svelte",
    "svg",
    "swift",
    "tar",
    "tf",
    "tfvars",
    "toml",
    "ts",
    "tsx",
    "txt",
    "vue",
    "war",
    "wasm",
    "webp",
    "xls",
    "xlsx",
    "xml",
    "yaml",
    "yml",
    "zip",
    "zsh",
];

/// Endings of the names of sites, as they stand in texts without a scheme.
const DOMAINS: [&str; 42] = [
    "ai",
    "app",
    "biz",
    "blog",
    "by",
    "cloud",
    "co",
    "com",
    "corp",
    "de",
    "dev",
    "edu",
    "eu",
    "fr",
    "gov",
    "info",
    "internal",
    "io",
    "kz",
    "lan",
    "local",
    "me",
    "net",
    "online",
    "org",
    "page",
    "pro",
    "ru",
    "sh",
    "site",
    "space",
    "su",
    "tech",
    "tools",
    "ua",
    "uk",
    "us",
    "watch",
    "wiki",
    "xyz",
    "москва",
    "рф",
];

/// Signs that end a word of prose and no address with a scheme.
const PROSE_SIGNS: &str = ",;(){}[]=|";

/// The ranges of addresses, paths and file names in a text, in order. What looks like one of them but
/// `is_name` says is the name of something («Node.js»), is prose.
pub fn ranges(text: &str, is_name: impl Fn(&Range<usize>) -> bool) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    // Each of them has one of these signs inside.
    if !text.contains(['.', '@', '/', '\\']) && !text.contains(':') {
        return ranges;
    }
    for token in tokens(text, |sign| sign.is_whitespace() || "«»“”„\"<>`".contains(sign)) {
        if let Some(start) = address_start(&text[token.clone()]) {
            ranges.push(token.start + start..token.end);
            continue;
        }
        for part in tokens(&text[token.clone()], |sign| PROSE_SIGNS.contains(sign)) {
            let part = trimmed(text, token.start + part.start..token.start + part.end);
            ranges.extend(no_prose(text, part, &is_name));
        }
    }
    ranges
}

/// Maximal runs without separators.
fn tokens(text: &str, is_separator: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut tokens = Vec::<Range<usize>>::new();
    let mut is_open = false;
    for (start, sign) in text.char_indices() {
        let belongs = !is_separator(sign);
        match tokens.last_mut() {
            Some(open) if belongs && is_open => open.end = start + sign.len_utf8(),
            _ if belongs => tokens.push(start..start + sign.len_utf8()),
            _ => {}
        }
        is_open = belongs;
    }
    tokens
}

/// Where an address with a scheme begins.
fn address_start(token: &str) -> Option<usize> {
    let lower = token.to_ascii_lowercase();
    let scheme = lower.find("://").map(|colon| {
        let before = lower[..colon].trim_end_matches(|sign: char| {
            sign.is_ascii_alphanumeric() || matches!(sign, '+' | '.' | '-')
        });
        before.len()
    });
    let others = ["mailto:", "tel:", "www."];
    scheme.or_else(|| others.into_iter().filter_map(|begin| lower.find(begin)).min())
}

/// Without the signs of a sentence around it.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let token = &text[range.clone()];
    let end = token.trim_end_matches(['.', ',', ':', '!', '?', '…', '\'', '*', '_', '—', '–']);
    let start = end.trim_start_matches(['\'', '*', '_', '—', '–']);
    range.start + end.len() - start.len()..range.start + end.len()
}

/// What of a part without spaces is no prose.
fn no_prose(
    text: &str,
    range: Range<usize>,
    is_name: &impl Fn(&Range<usize>) -> bool,
) -> Vec<Range<usize>> {
    let token = &text[range.clone()];
    let roots = ["/", "./", "../", "~/", "\\\\", "$", "%"];
    let is_rooted = roots.iter().any(|root| token.starts_with(root))
        || token.contains('/') && token.starts_with(['.', '@']);
    let is_on_drive = token.contains(":\\") || token.contains(":/");
    if is_rooted && token.len() > 1 || is_on_drive || is_mail(token) {
        return vec![range];
    }
    let mut start = range.start;
    let parts = token.split('/').map(|part| {
        let place = start..start + part.len();
        start = place.end + 1;
        place
    });
    let parts = parts.collect::<Vec<_>>();
    let is = |place: &Range<usize>, kind: fn(&str) -> bool| {
        kind(&text[place.clone()]) && !is_name(place)
    };
    let begins_with_site = parts
        .first()
        .is_some_and(|first| is(first, is_site) || parts.len() > 1 && is(first, is_host));
    let ends_with_file = parts.last().is_some_and(|last| is(last, is_file));
    if begins_with_site || ends_with_file {
        return vec![range];
    }
    parts.into_iter().filter(|part| is(part, is_file) || is(part, is_site)).collect()
}

/// Whether somebody at some host is named.
fn is_mail(token: &str) -> bool {
    // «React@18» is a version.
    let is_host = |host: &str| host.starts_with(char::is_alphabetic);
    token.split_once('@').is_some_and(|(name, host)| !name.is_empty() && is_host(host))
}

/// Whether a name has labels and one of the usual endings, as `docs.example.org` and with a port.
fn is_site(token: &str) -> bool {
    let host = token.split(['?', '#', ':']).next().unwrap_or_default();
    let Some((labels, domain)) = host.rsplit_once('.') else { return false };
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|sign| sign.is_alphanumeric() || sign == '-')
    };
    DOMAINS.contains(&domain) && labels.split('.').all(is_label)
}

/// Whether a name before a slash is a host rather than a word: small letters with a dot between, or a
/// port behind.
fn is_host(token: &str) -> bool {
    let (name, port) = token.split_once(':').unwrap_or((token, ""));
    let has_port = !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit());
    let is_small = name.chars().all(|sign| {
        sign.is_ascii_digit() || sign.is_ascii_lowercase() || matches!(sign, '.' | '-')
    });
    is_small && !name.is_empty() && (has_port || name.trim_matches('.').contains('.'))
}

fn is_file(token: &str) -> bool {
    let name = token.split(['?', '#', ':']).next().unwrap_or_default();
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    let is_shouted = stem.chars().all(|sign| !sign.is_lowercase());
    let extension = if is_shouted { extension.to_lowercase() } else { extension.to_owned() };
    EXTENSIONS.contains(&extension.as_str())
        && stem.chars().all(|sign| sign.is_alphanumeric() || "._-*+@~$".contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let names = ["Node.js", "Vue.js", "socket.io"];
        let ranges = ranges(text, |range| names.contains(&&text[range.clone()]));
        ranges.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn addresses_paths_and_file_names_are_no_prose() {
        for text in [
            "https://docker.com/git,a",
            "www.docker.com",
            "docker.com",
            "docs.docker.com/engine",
            "git@github.com:a/b.git",
            "ann@docker.io",
            "root@docker",
            "mailto:git@x.y",
            "package.json",
            "docker-compose.yml",
            "src/docker/main.go:15",
            ".css",
            "./docker",
            ".git/hooks",
            "localhost:3000/docker",
            "git.example.internal/docker",
            "INDEX.PHP",
            "host:/var/docker",
            "$HOME/git",
            "~/git",
            "/etc/nginx",
            "C:\\docker\\git",
            "react.dev",
            "vue.config.js",
        ] {
            let sentence = format!("Знает <{text}>, «{text}» и {text}");
            assert_eq!(found(&sentence), [text; 3], "{text}");
        }
    }

    #[test]
    fn signs_of_a_sentence_belong_to_no_address() {
        assert_eq!(
            found("(package.json), docker.com: react.dev."),
            ["package.json", "docker.com", "react.dev"]
        );
    }

    #[test]
    fn names_and_pairs_of_words_are_prose() {
        for text in [
            "Node.js/JS",
            "Vue.js",
            "socket.io",
            "HTML/CSS",
            "CI/CD",
            "и/или",
            "т.е. да",
            "1.5",
            "ASP.NET",
            "Java.",
            "@docker",
            "React@18",
            "C++/C#",
            "Git: да",
            "а.б",
            "/",
            ".NET",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }
}
