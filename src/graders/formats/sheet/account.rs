//! How each cell and line of some tables was read.

use crate::graders::formats::Place;
use crate::ladder::{Depth, Level};

/// How the tables were read, cell by cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// For each table, in their order.
    pub tables: Vec<TableAccount>,
    /// What was guessed and may be wrong, in sentences.
    pub guesses: Vec<String>,
}

/// How one table was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableAccount {
    /// The name by which a person knows the table.
    pub title: String,
    /// What the person should know of it.
    pub remarks: Vec<String>,
    /// One for each cell that is not empty, in their order.
    pub cells: Vec<Told>,
}

/// How a cell, or a line of a document, was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where it stands.
    pub place: Place,
    /// The beginning of its text.
    pub text: String,
    /// What became of it.
    pub became: Became,
}

/// What became of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    /// The title of a profession.
    Title,
    /// The summary of a profession.
    Summary,
    /// The name of a level.
    Level(Option<Level>),
    /// The heading of a column or of a part of the table.
    Heading,
    /// The heading of a block.
    Block,
    /// A competency; its requirements are told where they stand.
    Competency,
    /// So many requirements of a grade.
    Requirements {
        /// The grade.
        level: Level,
        /// How many.
        count: usize,
        /// How deeply they are asked.
        depth: Option<Depth>,
        /// Whether they are only desirable.
        is_optional: bool,
    },
    /// A word on how deeply something is asked, or how much it matters.
    Depth,
    /// Examples of a requirement.
    Example,
    /// Words of a grade that are no requirement.
    Note(Level),
    /// That the competency is not asked there.
    NotAsked,
    /// Signs that only shape a document.
    Markup,
    /// It stays out.
    LeftOut(Why),
}

/// Why something stays out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its table is not read.
    Table,
    /// Its column is not read.
    Column,
    /// It stands above the table or below it.
    Outside,
    /// It stands before the first level.
    BeforeLevels,
    /// Its level is left out.
    Level,
    /// The row tells no level.
    NoLevel,
    /// No level asks it.
    AskedNowhere,
    /// It belongs to nothing: a remark on no requirement.
    Nothing,
    /// Its column has no heading that names a level.
    NoHeading,
    /// Comments in HTML are not shown.
    Comment,
    /// The lines at the top of a document that are for programs.
    FrontMatter,
    /// A table of contents.
    Contents,
}

impl Why {
    /// Why, in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Table => "таблица не читается",
            Self::Column => "столбец не читается",
            Self::Outside => "стоит вне таблицы",
            Self::BeforeLevels => "стоит до первого уровня",
            Self::Level => "уровень пропущен",
            Self::NoLevel => "в строке не назван уровень",
            Self::AskedNowhere => "ни на одном уровне не спрашивается",
            Self::Nothing => "не относится ни к одному требованию",
            Self::NoHeading => "над столбцом нет названия уровня",
            Self::Comment => "комментарий, на страницах его нет",
            Self::FrontMatter => "служебная строка в начале файла",
            Self::Contents => "оглавление",
        }
    }
}

impl Became {
    /// What became of a cell, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Title => "название профессии".to_owned(),
            Self::Summary => "краткое описание профессии".to_owned(),
            Self::Level(Some(level)) => format!("уровень «{}»", level.title()),
            Self::Level(None) => "уровень, который пропущен".to_owned(),
            Self::Heading => "заголовок столбца".to_owned(),
            Self::Block => "раздел".to_owned(),
            Self::Competency => "компетенция".to_owned(),
            Self::Requirements { level, count, depth, is_optional } => {
                let mut words = if *count == 1 {
                    format!("требование, {}", level.word())
                } else {
                    format!("требования ({count}), {}", level.word())
                };
                if let Some(depth) = depth {
                    words = format!("{words}, {}", depth.label());
                }
                if *is_optional {
                    words.push_str(", желательно");
                }
                words
            }
            Self::Depth => "глубина или важность".to_owned(),
            Self::Example => "пример".to_owned(),
            Self::Note(level) => format!("текст грейда, {}", level.word()),
            Self::NotAsked => "не спрашивается".to_owned(),
            Self::Markup => "разметка".to_owned(),
            Self::LeftOut(why) => format!("пропущено: {}", why.words()),
        }
    }

    /// Whether it stays out.
    #[must_use]
    pub const fn is_left_out(&self) -> bool {
        matches!(self, Self::LeftOut(_))
    }
}

impl Account {
    /// How many cells became requirements, other parts of grades or their headings, and how many stay out.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let cells = self.tables.iter().flat_map(|table| &table.cells);
        let (out, read) = cells.partition::<Vec<_>, _>(|told| told.became.is_left_out());
        (read.len(), out.len())
    }

    /// What stays out, each with the table it stands in.
    pub fn left_out(&self) -> impl Iterator<Item = (&TableAccount, &Told)> {
        self.tables.iter().flat_map(|table| {
            let cells = table.cells.iter().filter(|told| told.became.is_left_out());
            cells.map(move |told| (table, told))
        })
    }
}

/// The beginning of a text, in one line.
#[must_use]
pub fn beginning(text: &str) -> String {
    const LONGEST: usize = 80;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}
