//! The order of the modules, and that addresses are written in one place: read from the source.
//!
//! Test modules and attributes are left out; so are names that only a macro writes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;
use std::{fs, iter};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The rooms of the house from the top down, each with those below it that it may import. A module
/// belongs to the room with the longest name its own begins with.
const ROOMS: &[(&str, &str)] = &[
    ("main", "app config db editors tools web"),
    ("tools", "audit config db graders::service"),
    (
        "app",
        "admin audit auth config db editors error graders::document graders::service routes site web",
    ),
    ("routes", "admin error graders::document graders::handlers site web"),
    ("site", "auth db editors error fields graders::service problem web"),
    ("admin", "audit auth db editors error fields graders::service web"),
    ("graders::document", "graders::handlers graders::schemas problem web"),
    ("graders::handlers", "auth db error graders::schemas graders::service problem web"),
    ("graders::schemas", "graders::service problem web"),
    ("graders::service", "audit db editors error graders::formats graders::models"),
    ("graders::formats", ""),
    ("graders::models", "db"),
    ("graders", ""),
    ("auth", "audit db editors error fields problem web"),
    ("editors", "audit db error fields"),
    ("audit", "db error"),
    ("config", "db web"),
    ("db", ""),
    ("web", "error fields problem"),
    ("error", "fields problem"),
    ("fields", ""),
    ("problem", ""),
    ("paths", ""),
    ("ladder", ""),
    ("clean", ""),
    ("russian", ""),
    ("variants", ""),
];

/// The rooms at the bottom, which every room above them may import.
const FOR_EVERYBODY: [&str; 5] = ["paths", "ladder", "clean", "russian", "variants"];

/// Folders of pages, each with the modules in it that are no pages: a page imports those and no other
/// page.
const PAGES: &[(&str, &str)] = &[
    ("site", "shared"),
    (
        "admin",
        "account_errors edit history link profession_errors profession_fields scale_errors skill_errors",
    ),
];

/// Where an address may be written out.
const ADDRESSES: [&str; 3] = ["src/paths.rs", "src/paths/", "src/routes.rs"];

/// Literals that look like addresses and are JSON pointers into the body of a request (RFC 6901): the
/// files they stand in, and the members they begin with.
const POINTERS: &[(&str, &[&str])] = &[(
    "src/graders/handlers",
    &[
        "description",
        "grades",
        "includes",
        "level_name",
        "profession_id",
        "scale",
        "slug",
        "title",
        "track",
    ],
)];

/// The path of a module below the crate, or of something in it.
type ModulePath = Vec<String>;

/// A file of `src/`.
struct Source {
    /// From the root of the repository on.
    file: String,
    module: ModulePath,
    /// What it names of the crate, as written from the crate on.
    imports: BTreeSet<ModulePath>,
    /// What names it imports stand for; modules below may import them from here.
    aliases: BTreeMap<String, ModulePath>,
    /// Texts of string literals.
    literals: Vec<String>,
}

struct House {
    sources: Vec<Source>,
}

static HOUSE: LazyLock<House> = LazyLock::new(House::read);

/// A module that imports something of another one.
struct Arrow<'a> {
    from: &'a Source,
    import: String,
    /// The module it is imported through.
    through: ModulePath,
    /// The module that has it, followed through those that only pass it on.
    to: ModulePath,
}

impl Source {
    fn read(file: String) -> Self {
        let text = fs::read_to_string(&file).unwrap();
        let parts = file.trim_start_matches("src/").trim_end_matches(".rs").split('/');
        let mut module = parts.map(str::to_owned).collect::<ModulePath>();
        if matches!(module.last().unwrap().as_str(), "mod" | "lib") {
            module.pop();
        }
        let (imports, aliases) = (BTreeSet::new(), BTreeMap::new());
        let mut source = Self { file, module, imports, aliases, literals: Vec::new() };
        let tokens = text.parse::<TokenStream>().unwrap();
        source.walk(&tokens.into_iter().collect::<Vec<_>>(), &source.module.clone());
        source
    }

    fn walk(&mut self, tokens: &[TokenTree], module: &[String]) {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                TokenTree::Punct(mark) if mark.as_char() == '#' => {
                    at += usize::from(is_mark(tokens.get(at), '!'));
                    if group(tokens.get(at), Delimiter::Bracket).is_some_and(|attribute| {
                        attribute.to_string().replace(' ', "") == "cfg(test)"
                    }) {
                        at = end_of_item(tokens, at + 1);
                    } else {
                        at += 1;
                    }
                }
                TokenTree::Ident(word) if word == "pub" => {
                    at += usize::from(group(tokens.get(at), Delimiter::Parenthesis).is_some());
                }
                // `use<'a>` in a type imports nothing.
                TokenTree::Ident(word) if word == "use" && !is_mark(tokens.get(at), '<') => {
                    let end = tokens[at..].iter().position(|token| is_mark(Some(token), ';'));
                    let end = at + end.unwrap();
                    self.import_tree(&tokens[at..end], &[], module);
                    at = end + 1;
                }
                TokenTree::Ident(word) if word == "mod" => {
                    let name = tokens[at].to_string();
                    if let Some(body) = group(tokens.get(at + 1), Delimiter::Brace) {
                        let inner = [module, &[name]].concat();
                        self.walk(&body.into_iter().collect::<Vec<_>>(), &inner);
                        at += 1;
                    }
                    at += 1;
                }
                TokenTree::Ident(_) => {
                    let path = path_at(&tokens[at - 1..]);
                    if path.len() > 1 {
                        at += 3 * (path.len() - 1);
                        self.import(&path, module);
                    }
                }
                TokenTree::Group(inner) => {
                    self.walk(&inner.stream().into_iter().collect::<Vec<_>>(), module);
                }
                TokenTree::Literal(literal) => {
                    let literal = literal.to_string();
                    let text = literal.trim_start_matches(['r', '#']).strip_prefix('"');
                    self.literals.extend(text.map(|text| text.trim_end_matches(['"', '#']).into()));
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// Reads what stands between `use` and the semicolon.
    fn import_tree(&mut self, tokens: &[TokenTree], above: &[String], module: &[String]) {
        for branch in tokens.split(|token| is_mark(Some(token), ',')).filter(|it| !it.is_empty()) {
            let mut path = above.to_vec();
            let mut at = 0;
            let mut alias = None;
            while let Some(token) = branch.get(at) {
                match token {
                    TokenTree::Ident(word) if word == "as" => {
                        alias = Some(branch[at + 1].to_string());
                        at += 1;
                    }
                    TokenTree::Ident(word) => path.push(word.to_string()),
                    TokenTree::Group(inner) => {
                        let inner = inner.stream().into_iter().collect::<Vec<_>>();
                        self.import_tree(&inner, &path, module);
                        path.clear();
                    }
                    _ => {}
                }
                at += 1;
            }
            // `use a::b::{self}` names `a::b`.
            if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
                path.pop();
            }
            if let Some(full) = self.import(&path, module) {
                let name = alias.or_else(|| full.last().cloned());
                self.aliases.extend(name.map(|name| (name, full)));
            }
        }
    }

    /// Keeps a path that begins in the crate; answers with what it is from the crate on.
    fn import(&mut self, path: &[String], module: &[String]) -> Option<ModulePath> {
        let first = path.first()?.as_str();
        let mut full = match first {
            "crate" => Vec::new(),
            // The command line is a crate of its own.
            "grades" if self.file == "src/main.rs" => Vec::new(),
            "self" | "super" => module.to_vec(),
            _ => return None,
        };
        for part in path.iter().skip(usize::from(first != "super")) {
            if part == "super" {
                full.pop();
            } else {
                full.push(part.clone());
            }
        }
        self.imports.insert(full.clone());
        Some(full)
    }
}

impl House {
    fn read() -> Self {
        let files = files_below(Path::new("src"), "rs").into_iter();
        let files = files.filter(|file| !file.ends_with("/tests.rs"));
        Self { sources: files.map(Source::read).collect() }
    }

    fn arrows(&self) -> Vec<Arrow<'_>> {
        let arrow = |from, path: &ModulePath| Arrow {
            from,
            import: path.join("::"),
            through: self.module_of(path).to_vec(),
            to: self.follow(path),
        };
        let arrows = self
            .sources
            .iter()
            .flat_map(|from| from.imports.iter().map(move |path| arrow(from, path)));
        arrows.filter(|arrow| arrow.to != arrow.from.module).collect()
    }

    /// The module that has what a path names, wherever it is imported from.
    fn follow(&self, path: &[String]) -> ModulePath {
        let mut path = path.to_vec();
        // As many times as names can stand for names that stand for names.
        for _ in 0..9 {
            let module = self.module_of(&path);
            let Some(name) = path.get(module.len()) else { return module.to_vec() };
            let source = self.sources.iter().find(|source| source.module == module);
            match source.and_then(|source| source.aliases.get(name)) {
                Some(full) if *full != path[..=module.len()] => {
                    path = [full, &path[module.len() + 1..]].concat();
                }
                _ => return module.to_vec(),
            }
        }
        panic!("{} leads in a circle", path.join("::"));
    }

    /// The longest beginning of a path that is a module.
    fn module_of<'a>(&self, path: &'a [String]) -> &'a [String] {
        let is_module = |path: &[String]| self.sources.iter().any(|source| source.module == path);
        let length = (0..=path.len()).rev().find(|length| is_module(&path[..*length]));
        &path[..length.unwrap()]
    }
}

/// Where the item ends that begins at a token.
fn end_of_item(tokens: &[TokenTree], mut at: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        at += 1;
        if is_mark(Some(token), ';') || group(Some(token), Delimiter::Brace).is_some() {
            break;
        }
    }
    at
}

/// The path that tokens begin with, as `a::b::c`; only its first part if it is none.
fn path_at(tokens: &[TokenTree]) -> Vec<String> {
    let mut path = vec![tokens[0].to_string()];
    let mut rest = &tokens[1..];
    while let [colon, again, TokenTree::Ident(part), more @ ..] = rest
        && is_mark(Some(colon), ':')
        && is_mark(Some(again), ':')
    {
        path.push(part.to_string());
        rest = more;
    }
    path
}

fn is_mark(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<TokenStream> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group.stream()),
        _ => None,
    }
}

fn files_below(folder: &Path, ending: &str) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path, ending));
        } else if path.extension().is_some_and(|found| found == ending) {
            files.push(path.to_str().unwrap().to_owned());
        }
    }
    files.sort();
    files
}

/// The room of a module; an empty one for the crate itself.
fn room_of(module: &[String]) -> &'static str {
    let module = module.join("::");
    let is_in = |room: &&&str| {
        module.strip_prefix(**room).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let rooms = ROOMS.iter().map(|(room, _)| room).filter(is_in);
    rooms.max_by_key(|room| room.len()).copied().unwrap_or_default()
}

/// A circle of names among arrows, if there is one.
fn circle(arrows: &BTreeMap<&str, BTreeSet<&str>>) -> Option<Vec<String>> {
    let mut left = arrows.clone();
    // Names that lead nowhere are on no circle.
    loop {
        let ends = |to: &&str| !left.contains_key(*to);
        let done = left.iter().filter(|(_, to)| to.iter().all(ends));
        let done = done.map(|(from, _)| *from).collect::<Vec<_>>();
        if done.is_empty() {
            break;
        }
        left.retain(|from, _| !done.contains(from));
    }
    let first = *left.keys().next()?;
    let next = |from: &&str| left[from].iter().copied().find(|to| left.contains_key(to));
    let mut walked = Vec::new();
    for name in iter::successors(Some(first), next) {
        if let Some(start) = walked.iter().position(|known| *known == name) {
            let circle = walked[start..].iter().chain([&name]).map(|name| (*name).to_owned());
            return Some(circle.collect());
        }
        walked.push(name);
    }
    None
}

fn assert_none(what: &str, found: Vec<String>) {
    let found = found.into_iter().collect::<BTreeSet<_>>();
    let found = found.into_iter().collect::<Vec<_>>();
    assert!(found.is_empty(), "{what}:\n{}\n", found.join("\n"));
}

#[test]
fn the_order_of_the_rooms_has_no_circle() {
    let place = |name: &str| ROOMS.iter().position(|(room, _)| *room == name).unwrap();
    for (at, (room, below)) in ROOMS.iter().enumerate() {
        for other in below.split_whitespace() {
            assert!(place(other) > at, "{room} stands above {other}");
        }
    }
}

#[test]
fn every_module_belongs_to_a_room() {
    let house = &*HOUSE;
    assert!(house.sources.len() > 50);
    let outside = house.sources.iter().filter(|source| room_of(&source.module).is_empty());
    let outside = outside.filter(|source| source.file != "src/lib.rs");
    assert_none("not in the list of rooms", outside.map(|source| source.file.clone()).collect());
}

#[test]
fn no_module_imports_one_above_it() {
    let house = &*HOUSE;
    let arrows = house.arrows();
    assert!(arrows.len() > 500);
    let wrong = arrows.into_iter().filter(|arrow| {
        let (from, to) = (room_of(&arrow.from.module), room_of(&arrow.through));
        let Some(at) = ROOMS.iter().position(|(room, _)| *room == from) else { return false };
        let below = ROOMS[at].1.split_whitespace();
        let common = FOR_EVERYBODY.into_iter();
        let common = common.filter(|room| ROOMS[at..].iter().any(|(lower, _)| lower == room));
        from != to && !below.chain(common).any(|allowed| allowed == to)
    });
    let wrong = wrong.map(|arrow| format!("{}: {}", arrow.from.file, arrow.import));
    assert_none("imports that the order of the rooms forbids", wrong.collect());
}

#[test]
fn no_page_imports_a_page() {
    let house = &*HOUSE;
    let mut wrong = Vec::new();
    for (folder, shared) in PAGES {
        let page = |module: &[String]| {
            let name = module.get(1).filter(|_| module[0] == *folder)?;
            (!shared.split_whitespace().any(|shared| shared == name)).then(|| name.clone())
        };
        for arrow in house.arrows() {
            let inside = arrow.from.module.first().is_some_and(|first| first == folder);
            let is_folder_itself = arrow.from.module.len() == 1;
            if inside
                && !is_folder_itself
                && let Some(other) = page(&arrow.to)
                && page(&arrow.from.module) != Some(other)
            {
                wrong.push(format!("{}: {}", arrow.from.file, arrow.import));
            }
        }
    }
    for file in files_below(Path::new("templates"), "html") {
        if fs::read_to_string(&file).unwrap().contains("super::") {
            wrong.push(format!("{file}: super::"));
        }
    }
    assert_none("pages that import pages", wrong);
}

/// Of the modules of one folder, none may lead back to itself over others, whichever files of them
/// lead on. A door and its folder are one module here: what a folder shares stands in its door.
#[test]
fn no_modules_of_a_folder_import_each_other_in_a_circle() {
    let house = &*HOUSE;
    let arrows = house.arrows();
    let mut circles = Vec::new();
    let folders = house.sources.iter().map(|source| source.module.as_slice());
    for folder in folders.collect::<BTreeSet<_>>() {
        let mut among = BTreeMap::<&str, BTreeSet<&str>>::new();
        let child = |module: &'_ [String]| {
            module.strip_prefix(folder).and_then(|below| below.first().cloned())
        };
        let names = arrows
            .iter()
            .filter_map(|arrow| Some((child(&arrow.from.module)?, child(&arrow.to)?, arrow)));
        let names = names.filter(|(from, to, _)| from != to).collect::<Vec<_>>();
        for (from, to, _) in &names {
            among.entry(from).or_default().insert(to);
        }
        if let Some(circle) = circle(&among) {
            for step in circle.windows(2) {
                let on_it = names.iter().filter(|(from, to, _)| *from == step[0] && *to == step[1]);
                let place = circle.join(" → ");
                circles.extend(
                    on_it.map(|(.., arrow)| {
                        format!("{place}: {}: {}", arrow.from.file, arrow.import)
                    }),
                );
            }
        }
    }
    assert_none("circles", circles);
}

#[test]
fn only_paths_writes_addresses() {
    let house = &*HOUSE;
    let mut wrong = Vec::new();
    for source in &house.sources {
        if ADDRESSES.iter().any(|allowed| source.file.starts_with(allowed)) {
            continue;
        }
        for literal in &source.literals {
            let is_pointer = POINTERS.iter().any(|(files, members)| {
                let member = literal.split('/').nth(1).unwrap_or_default();
                source.file.starts_with(files) && members.contains(&member)
            });
            let path = literal.strip_prefix('/').unwrap_or_default();
            let begins =
                path.starts_with(|first: char| first.is_ascii_alphabetic() || first == '?');
            // SQLite names a database in memory so.
            let is_database = literal.starts_with("file:");
            if (begins && !is_pointer) || (has_query(literal) && !is_database) {
                wrong.push(format!("{}: {literal:?}", source.file));
            }
        }
    }
    for file in files_below(Path::new("templates"), "html") {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate() {
            let attribute = ["href=", "action=", "src="].into_iter().any(|name| {
                let values = line.split(name).skip(1);
                let mut values = values.map(|value| value.trim_start_matches(['"', '\'']));
                values.any(|value| value.starts_with(['/', '?']))
            });
            // As an argument of a macro.
            let argument = ["(\"/", " \"/"].iter().any(|start| line.contains(start));
            if attribute || argument {
                wrong.push(format!("{file}:{}: {line}", number + 1));
            }
        }
    }
    assert_none("addresses that src/paths does not write", wrong);
}

/// Whether a text has a parameter of an address in it, like `?page=`.
fn has_query(text: &str) -> bool {
    text.split('?').skip(1).any(|query| {
        let name = query.split('=').next().unwrap_or_default();
        let is_name = !name.is_empty() && name.bytes().all(|letter| letter.is_ascii_lowercase());
        is_name && query.len() > name.len()
    })
}
