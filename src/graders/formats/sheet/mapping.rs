//! What the parts of tables mean, as it was guessed or chosen; it travels as the fields of a form.

use std::collections::HashMap;
use std::fmt::Write;

use url::form_urlencoded;

use super::names::compared;
use crate::ladder::Level;

/// How some tables are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// How each of the tables is read, in their order.
    pub tables: Vec<TableMapping>,
    /// What each name of a level means, lowest first.
    pub levels: Vec<LevelChoice>,
    /// Whether the names become a scale of the site; else the levels have their usual names.
    pub keeps_names: bool,
    /// How numbers in cells are read.
    pub numbers: Numbers,
    /// What several documents, each with all levels, are.
    pub documents: Documents,
    /// The title of the profession; may be empty where the tables name several.
    pub title: String,
    /// Its name in addresses; empty to make it of the title.
    pub slug: String,
    /// The track, by its name in addresses; empty if nobody said.
    pub track: String,
    /// The title of a track to make, if it is no existing one.
    pub new_track: String,
}

/// How one table is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableMapping {
    /// Whether it is read at all.
    pub is_read: bool,
    /// What its rows are.
    pub layout: Layout,
    /// Whether rows and columns change places first: grades go down, competencies across.
    pub is_transposed: bool,
    /// The row with the headings of columns, from 0 after the change of places; `None` if it has none.
    pub header: Option<usize>,
    /// How many rows of headings there are, counted from that one.
    pub header_rows: usize,
    /// What each column holds.
    pub columns: Vec<Role>,
    /// The name of the level that all of it is of, if it is of one.
    pub level: String,
}

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Competencies, with a column for each level.
    #[default]
    Matrix,
    /// Requirements, each with its level in a column, or all of one level.
    List,
    /// Lines of a document.
    Document,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Nothing that is read.
    #[default]
    Skip,
    /// The name of the ladder.
    Ladder,
    /// The block of requirements.
    Block,
    /// The competency.
    Competency,
    /// What a level asks; the heading of the column names the level.
    Level,
    /// The name of the level.
    LevelName,
    /// A requirement.
    Requirement,
    /// Examples of a requirement.
    Example,
    /// A remark, which becomes an example.
    Note,
    /// How deeply it is asked.
    Depth,
    /// Whether it is critical or only desirable.
    Importance,
}

/// What a name of a level means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelChoice {
    /// The name in the tables, as it is first written there.
    pub name: String,
    /// The rank; `None` to leave out what is asked there.
    pub level: Option<Level>,
    /// Whether nobody needs to be asked.
    pub is_sure: bool,
}

/// How numbers in the cells of a matrix are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbers {
    /// 1 acquaintance, 2 working knowledge, 3 strong expertise.
    #[default]
    OfThree,
    /// 1 and 2 acquaintance, 3 working knowledge, 4 and 5 strong expertise.
    OfFive,
    /// Any number but 0: asked, without a depth.
    Asked,
    /// As the words they stand beside.
    Text,
}

/// What several documents are, each of which has all levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Documents {
    /// Parts of one ladder, each a block.
    #[default]
    Blocks,
    /// A ladder each.
    Ladders,
}

/// A value of a choice by its name in a form.
macro_rules! named {
    ($type:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        impl $type {
            /// All values.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in a form.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The value with this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }
    };
}
named!(Layout { Matrix = "matrix", List = "list", Document = "document" });
named!(Role {
    Skip = "skip", Ladder = "ladder", Block = "block", Competency = "competency", Level = "level",
    LevelName = "level-name", Requirement = "requirement", Example = "example", Note = "note",
    Depth = "depth", Importance = "importance",
});
named!(Numbers { OfThree = "three", OfFive = "five", Asked = "asked", Text = "text" });
named!(Documents { Blocks = "blocks", Ladders = "ladders" });

impl Mapping {
    /// What a name of a level means, if the tables have it.
    #[must_use]
    pub fn choice(&self, name: &str) -> Option<&LevelChoice> {
        let name = compared(name);
        self.levels.iter().find(|choice| compared(&choice.name) == name)
    }

    /// The mapping as fields of a form.
    #[must_use]
    pub fn to_fields(&self) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        let mut field = |name: String, value: &str| fields.push((name, value.to_owned()));
        field("title".into(), &self.title);
        field("slug".into(), &self.slug);
        field("track".into(), &self.track);
        field("new-track".into(), &self.new_track);
        field("numbers".into(), self.numbers.name());
        field("documents".into(), self.documents.name());
        field("names".into(), if self.keeps_names { "keep" } else { "usual" });
        for (at, choice) in self.levels.iter().enumerate() {
            field(format!("name-{at}"), &choice.name);
            field(format!("level-{at}"), choice.level.map_or("", Level::slug));
        }
        for (at, table) in self.tables.iter().enumerate() {
            let layout = if table.is_read { table.layout.name() } else { "skip" };
            field(format!("layout-{at}"), layout);
            field(format!("across-{at}"), if table.is_transposed { "yes" } else { "" });
            let mut header = String::new();
            if let Some(row) = table.header {
                // Rows are counted from 1 for people.
                let _ = write!(header, "{}", row + 1);
            }
            field(format!("header-{at}"), &header);
            field(format!("headers-{at}"), if table.header_rows > 1 { "2" } else { "1" });
            field(format!("of-{at}"), &table.level);
            for (column, role) in table.columns.iter().enumerate() {
                field(format!("column-{at}-{column}"), role.name());
            }
        }
        fields
    }

    /// The same in the format of forms.
    #[must_use]
    pub fn to_query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.to_fields()).finish()
    }

    /// The mapping that [`Self::to_query`] wrote.
    #[must_use]
    pub fn from_query(query: &str) -> Self {
        let fields = form_urlencoded::parse(query.as_bytes()).collect::<HashMap<_, _>>();
        Self::from_fields(|name| fields.get(name).map(AsRef::as_ref))
    }

    /// The mapping that fields of a form tell; `value` gives the value of a field. What is not told is as in
    /// a table that is not read.
    #[must_use]
    pub fn from_fields<'a>(value: impl Fn(&str) -> Option<&'a str>) -> Self {
        let text = |name: &str| value(name).unwrap_or_default().trim().to_owned();
        let mut mapping = Self {
            title: text("title"),
            slug: text("slug"),
            track: text("track"),
            new_track: text("new-track"),
            numbers: Numbers::named(&text("numbers")).unwrap_or_default(),
            documents: Documents::named(&text("documents")).unwrap_or_default(),
            keeps_names: text("names") == "keep",
            ..Self::default()
        };
        while let Some(name) = value(&format!("name-{}", mapping.levels.len())) {
            let level = Level::from_slug(&text(&format!("level-{}", mapping.levels.len())));
            mapping.levels.push(LevelChoice { name: name.trim().to_owned(), level, is_sure: true });
        }
        while let Some(layout) = value(&format!("layout-{}", mapping.tables.len())) {
            let at = mapping.tables.len();
            let header = text(&format!("header-{at}")).parse::<usize>().ok();
            let mut table = TableMapping {
                is_read: layout != "skip",
                layout: Layout::named(layout).unwrap_or_default(),
                is_transposed: text(&format!("across-{at}")) == "yes",
                header: header.and_then(|row| row.checked_sub(1)),
                header_rows: if text(&format!("headers-{at}")) == "2" { 2 } else { 1 },
                level: text(&format!("of-{at}")),
                columns: Vec::new(),
            };
            while let Some(role) = value(&format!("column-{at}-{}", table.columns.len())) {
                table.columns.push(Role::named(role).unwrap_or_default());
            }
            mapping.tables.push(table);
        }
        mapping
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_give_back_the_mapping() {
        let table = TableMapping {
            is_read: true,
            layout: Layout::List,
            is_transposed: true,
            header: Some(1),
            header_rows: 2,
            columns: Role::ALL.to_vec(),
            level: "Миддл I".into(),
        };
        let choice = |name: &str, level| LevelChoice { name: name.into(), level, is_sure: true };
        let mapping = Mapping {
            tables: vec![table, TableMapping { header_rows: 1, ..TableMapping::default() }],
            levels: vec![choice("Миддл I", Some(Level::Middle)), choice("Гуру", None)],
            keeps_names: true,
            numbers: Numbers::OfFive,
            documents: Documents::Ladders,
            title: "Тестировщик".into(),
            slug: "qa".into(),
            track: "web".into(),
            new_track: String::new(),
        };
        let fields = mapping.to_fields();
        let value = |name: &str| {
            fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
        };
        assert_eq!(Mapping::from_fields(value), mapping);
    }
}
