//! What an import does, in lines for a terminal.

use std::io::{self, Write};

use crate::graders::service::transfer::sheet::Account;
use crate::graders::service::transfer::{Fate, Item, Plan};
use crate::ladder::identity::Words;
use crate::ladder::revision::Change;
use crate::russian::plural;

/// How each cell and line was read.
pub(super) fn account(output: &mut impl Write, account: &Account) -> io::Result<()> {
    for table in &account.tables {
        writeln!(output, "Прочитано: {}", table.title)?;
        for remark in &table.remarks {
            writeln!(output, "    {remark}")?;
        }
        for told in &table.cells {
            let place = told.place;
            let (text, became) = (&told.text, told.became.words());
            writeln!(output, "    {}:{} «{text}» — {became}", place.line, place.column)?;
        }
    }
    for guess in &account.guesses {
        writeln!(output, "Догадка: {guess}")?;
    }
    Ok(())
}

/// Every difference, and how many there are.
pub(super) fn plan(output: &mut impl Write, plan: &Plan) -> io::Result<()> {
    for item in &plan.items {
        self::item(output, item)?;
    }
    for (kind, counts) in plan.summary() {
        let [one, few, many] = kind.forms();
        let total = counts.made + counts.changed + counts.gone + counts.left + counts.same;
        let parts = [
            (counts.made, "новых"),
            (counts.changed, "изменяется"),
            (counts.gone, "убирается"),
            (counts.left, "не тронуто"),
            (counts.same, "без изменений"),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let parts = parts.map(|(count, what)| format!("{what} {count}")).collect::<Vec<_>>();
        writeln!(output, "{total} {}: {}", plural(total, one, few, many), parts.join(", "))?;
    }
    if plan.is_empty() {
        writeln!(output, "Изменений нет.")?;
    }
    Ok(())
}

fn item(output: &mut impl Write, item: &Item) -> io::Result<()> {
    write!(output, "{} {}", sign(item.fate), item.kind.title())?;
    if !item.title.is_empty() {
        write!(output, " «{}» ({})", item.title, item.slug)?;
    }
    if item.fate == Fate::Left {
        write!(output, ": есть уже, не тронуто")?;
    }
    writeln!(output)?;
    for change in &item.changes {
        writeln!(output, "    {change}")?;
    }
    for left in &item.left {
        writeln!(output, "    не тронуто: {left}")?;
    }
    for grade in &item.grades {
        writeln!(output, "  {} {}", sign(grade.fate), grade.name)?;
        for line in &grade.lines {
            let sign = match line.change {
                Change::Kept => continue,
                Change::Removed => '-',
                Change::Added => '+',
            };
            let text = line.pieces.iter().map(|piece| piece.text.as_str()).collect::<String>();
            writeln!(output, "      {sign} {text}")?;
        }
    }
    for rewording in &item.reworded {
        let (was, now) = (rewording.was.line(), rewording.now.line());
        writeln!(output, "    то же другими словами: «{was}» → «{now}»")?;
    }
    for removed in item.removed.iter().map(Words::line) {
        writeln!(output, "    уходит: «{removed}»")?;
    }
    if item.added > 0 {
        let forms = ("требование", "требования", "требований");
        let what = plural(item.added, forms.0, forms.1, forms.2);
        writeln!(output, "    новых: {} {what}", item.added)?;
    }
    Ok(())
}

const fn sign(fate: Fate) -> char {
    match fate {
        Fate::Made => '+',
        Fate::Changed => '~',
        Fate::Gone => '-',
        Fate::Left => '=',
    }
}
