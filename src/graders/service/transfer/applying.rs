//! Doing what an import is to do, in one transaction: what it makes, changes and takes away has revisions,
//! identities and former addresses as if an editor had done it, but one entry in the log.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDateTime;

use super::comparison::{NewText, ProfessionWork, Work};
use super::present::Present;
use super::{Report, Step};
use crate::audit::service::Actor;
use crate::db::{self, DbConnection};
use crate::graders::models;
use crate::graders::models::grades::{GradeRow, NewGrade};
use crate::graders::models::professions::{NewProfession, WholeProfessionRow};
use crate::graders::models::revisions::{Kind, NewRevision};
use crate::graders::service::professions::{
    self, GradeSnapshot, IncludedSnapshot, Snapshot, follow, store_revision,
};
use crate::graders::service::revisions::{self, Snapshot as _};
use crate::graders::service::{ServiceError, identity};
use crate::ladder::skill::Dictionary;
use crate::ladder::{Level, Scale};

/// Who imports, when, and what histories say of it.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub by: &'a Actor,
    pub note: &'a str,
    pub now: NaiveDateTime,
}

/// A profession that others may include, by its present address.
type Known = HashMap<String, (i32, String)>;

/// Stores the professions; returns which are to be indexed anew.
pub(super) fn professions(
    connection: &mut DbConnection,
    present: &Present,
    work: &mut Work,
    dictionary: &Dictionary,
    context: Context<'_>,
    report: Report<'_>,
) -> Result<BTreeSet<i32>, ServiceError> {
    let scales = models::scales::all(connection)?.into_iter().map(|row| (row.slug, row.id));
    let scales = scales.collect::<HashMap<_, _>>();
    let present_rows = present.professions.iter();
    let mut known =
        present_rows.map(|row| (row.slug.clone(), (row.id, row.title.clone()))).collect::<Known>();
    let all = std::mem::take(&mut work.professions);
    let (new, there) = all.into_iter().partition::<Vec<_>, _>(|work| work.row.is_none());
    let there = there.into_iter().filter(|work| work.is_changed).collect::<Vec<_>>();
    let total = new.len() + there.len();
    let mut touched = BTreeSet::new();
    let mut done = 0;
    for work in bases_first(new) {
        let id = make(connection, work, &mut known, &scales, context)?;
        touched.insert(id);
        done += 1;
        report(Step::Storing, done, total);
    }
    let gone = work.gone_professions.iter().map(|row| row.id);
    let changed = there.iter().filter_map(|work| Some(work.row.as_ref()?.id)).chain(gone);
    let changed = changed.collect::<Vec<_>>();
    touched.extend(&changed);
    professions::noting(connection, &changed, |connection| {
        let mut ladders = Vec::new();
        for work in there {
            let Some(row) = work.row.clone() else { continue };
            let change = Change { known: &known, scales: &scales, dictionary, context };
            ladders.extend(change.store(connection, &row, work)?);
            done += 1;
            report(Step::Storing, done, total);
        }
        for (row, before, after) in ladders {
            let recorded = (context.by, store_revision as _);
            follow(connection, &row, (&before, Some(&after)), recorded)?;
        }
        for row in &work.gone_professions {
            take_away(connection, row.id, dictionary, context)?;
        }
        Ok(())
    })?;
    Ok(touched)
}

/// Professions in an order in which each comes after the one whose ladder it includes.
fn bases_first(new: Vec<ProfessionWork>) -> Vec<ProfessionWork> {
    let mut waiting = HashMap::<String, Vec<ProfessionWork>>::new();
    let slugs = new.iter().map(|work| work.fields.slug.clone()).collect::<BTreeSet<_>>();
    let mut ordered = Vec::with_capacity(new.len());
    for work in new {
        match &work.fields.includes {
            Some(base) if slugs.contains(&base.slug) => {
                waiting.entry(base.slug.clone()).or_default().push(work);
            }
            _ => ordered.push(work),
        }
    }
    let mut at = 0;
    while at < ordered.len() {
        let including = waiting.remove(&ordered[at].fields.slug);
        ordered.extend(including.into_iter().flatten());
        at += 1;
    }
    ordered
}

/// Makes a profession with its ladder; returns its number.
fn make(
    connection: &mut DbConnection,
    work: ProfessionWork,
    known: &mut Known,
    scales: &HashMap<String, i32>,
    context: Context<'_>,
) -> Result<i32, ServiceError> {
    let Context { by, note, now } = context;
    let fields = work.fields;
    let included = included(&fields, known)?;
    let id = models::professions::insert(
        connection,
        &NewProfession {
            slug: &fields.slug,
            title: &fields.title,
            summary: &fields.summary,
            track: &fields.track,
            position: work.position,
            created_at: now,
            updated_at: now,
            includes_id: included.as_ref().map(|included| included.id),
            includes_up_to: included.as_ref().and_then(|included| included.up_to).map(Into::into),
            scale_id: scale_id(fields.scale.as_deref(), scales)?,
            is_draft: work.is_draft,
        },
    )?;
    let new = work.new_grades.iter().map(|grade| NewGrade {
        profession_id: id,
        level_name: grade.level,
        description: grade.description.as_deref(),
        updated_at: now,
    });
    let ids = models::grades::insert_all(connection, new.collect())?;
    let grades = work.new_grades.into_iter().zip(ids);
    let grades = grades.map(|(grade, id)| GradeSnapshot {
        level: grade.level,
        id,
        version: 1,
        description: grade.description,
    });
    let snapshot = Snapshot {
        slug: fields.slug.clone(),
        title: fields.title.clone(),
        summary: fields.summary,
        track: fields.track,
        scale: fields.scale,
        position: work.position,
        created_at: now,
        former_slugs: Some(Vec::new()),
        is_draft: work.is_draft,
        includes: included,
        grades: grades.collect(),
        names: Scale::standard(),
    };
    let whole = snapshot.write()?;
    let revision = |kind: Kind, object_id, after| NewRevision {
        kind: kind.name(),
        object_id,
        version: 1,
        author: &by.login,
        note,
        before: None,
        after: Some(after),
        created_at: now,
        merged_with: None,
        profession_id: Some(id),
        is_draft: work.is_draft,
    };
    let described = snapshot
        .grades
        .iter()
        .filter_map(|grade| Some(revision(Kind::Grade, grade.id, grade.description.as_deref()?)));
    let all = described.chain([revision(Kind::Profession, id, &whole)]).collect::<Vec<_>>();
    models::revisions::insert_all(connection, &all)?;
    known.insert(fields.slug, (id, fields.title));
    Ok(id)
}

/// What changes professions that are there.
struct Change<'a> {
    known: &'a Known,
    scales: &'a HashMap<String, i32>,
    dictionary: &'a Dictionary,
    context: Context<'a>,
}

type LadderChange = (WholeProfessionRow, Vec<GradeSnapshot>, Vec<GradeSnapshot>);

impl Change<'_> {
    /// Changes a profession; returns its grades before and after if some are gone.
    fn store(
        &self,
        connection: &mut DbConnection,
        row: &WholeProfessionRow,
        work: ProfessionWork,
    ) -> Result<Option<LadderChange>, ServiceError> {
        let Context { by, note, now } = self.context;
        let grades_before = models::grades::by_age(connection, row.id)?;
        for NewText { level, text, .. } in &work.new_texts {
            let grade = grades_before.iter().find(|grade| grade.level_name == *level);
            let grade = grade.ok_or(ServiceError::NoSuchGrade)?;
            self.write(connection, (grade, row.is_draft), text)?;
        }
        let before = Snapshot::take(connection, row)?;
        self.change_levels(connection, row.id, &grades_before, &work)?;
        let included = included(&work.fields, self.known)?;
        let mut changed = WholeProfessionRow {
            title: work.fields.title.clone(),
            summary: work.fields.summary.clone(),
            track: work.fields.track.clone(),
            position: work.position,
            includes_id: included.as_ref().map(|included| included.id),
            includes_up_to: included.and_then(|included| included.up_to).map(Into::into),
            scale_id: scale_id(work.fields.scale.as_deref(), self.scales)?,
            updated_at: now,
            ..row.clone()
        };
        let after = Snapshot::take(connection, &changed)?;
        if after != before {
            changed.version += 1;
            store_revision(connection, &changed, (Some(&before), Some(&after)), note, by)?;
        }
        models::professions::update(connection, &changed)?;
        let grades_after = models::grades::by_age(connection, row.id)?;
        let pairs = work.new_texts.into_iter().flat_map(|text| text.pairs).collect::<Vec<_>>();
        let grades = (grades_before.as_slice(), grades_after.as_slice());
        identity::note_outlook(connection, row.id, grades, &pairs, self.dictionary)?;
        let is_less = !work.gone_levels.is_empty();
        Ok(is_less.then_some((changed, before.grades, after.grades)))
    }

    /// Gives a grade another description.
    fn write(
        &self,
        connection: &mut DbConnection,
        (grade, is_draft): (&GradeRow, bool),
        text: &str,
    ) -> Result<(), ServiceError> {
        let Context { by, note, now } = self.context;
        let (id, read) = (grade.grade_id, grade.version);
        let after = Some(text).filter(|text| !text.is_empty());
        models::grades::update_description(connection, id, read, after, now)?;
        let revision = NewRevision {
            kind: Kind::Grade.name(),
            object_id: id,
            version: read + 1,
            author: &by.login,
            note,
            before: grade.description.as_deref(),
            after,
            created_at: now,
            merged_with: None,
            profession_id: Some(grade.profession_id),
            is_draft,
        };
        Ok(models::revisions::insert(connection, &revision)?)
    }

    /// Takes grades away and makes others.
    fn change_levels(
        &self,
        connection: &mut DbConnection,
        id: i32,
        grades: &[GradeRow],
        work: &ProfessionWork,
    ) -> Result<(), ServiceError> {
        let Context { by, note, now } = self.context;
        let is_gone = |level: &Level| work.gone_levels.contains(level);
        for grade in grades.iter().filter(|grade| is_gone(&grade.level_name)) {
            models::grades::delete(connection, grade.grade_id)?;
        }
        let new = work.new_grades.iter().map(|grade| NewGrade {
            profession_id: id,
            level_name: grade.level,
            description: grade.description.as_deref(),
            updated_at: now,
        });
        let ids = models::grades::insert_all(connection, new.collect())?;
        let described = work.new_grades.iter().zip(ids).filter_map(|(grade, grade_id)| {
            Some(NewRevision {
                kind: Kind::Grade.name(),
                object_id: grade_id,
                version: 1,
                author: &by.login,
                note,
                before: None,
                after: Some(grade.description.as_deref()?),
                created_at: now,
                merged_with: None,
                profession_id: Some(id),
                is_draft: work.is_draft,
            })
        });
        Ok(models::revisions::insert_all(connection, &described.collect::<Vec<_>>())?)
    }
}

/// Takes a profession and its ladder away.
fn take_away(
    connection: &mut DbConnection,
    id: i32,
    dictionary: &Dictionary,
    Context { by, note, now }: Context<'_>,
) -> Result<(), ServiceError> {
    // As it is now: it may have stopped including another one that went before.
    let row = models::professions::whole_by_id(connection, id)?;
    let row = row.ok_or(ServiceError::NoSuchProfession)?;
    let grades = models::grades::by_age(connection, id)?;
    let before = Snapshot::take(connection, &row)?;
    follow(connection, &row, (&before.grades, None), (by, store_revision as _))?;
    models::professions::delete(connection, id)?;
    let gone = WholeProfessionRow { version: row.version + 1, updated_at: now, ..row };
    store_revision(connection, &gone, (Some(&before), None), note, by)?;
    identity::note_outlook(connection, id, (&grades, &[]), &[], dictionary)
}

fn included(
    fields: &professions::ProfessionFields,
    known: &Known,
) -> Result<Option<IncludedSnapshot>, ServiceError> {
    let Some(includes) = &fields.includes else { return Ok(None) };
    let (id, title) = known.get(&includes.slug).ok_or(ServiceError::NoSuchProfession)?;
    Ok(Some(IncludedSnapshot { id: *id, title: title.clone(), up_to: includes.up_to }))
}

fn scale_id(
    slug: Option<&str>,
    scales: &HashMap<String, i32>,
) -> Result<Option<i32>, ServiceError> {
    let id = |slug| scales.get(slug).copied().ok_or(ServiceError::NoSuchScale);
    slug.map(id).transpose()
}

/// Stores the revision of a thing that is no profession and no grade.
pub(super) fn record<S: revisions::Snapshot>(
    connection: &mut DbConnection,
    (id, version): (i32, i32),
    (before, after): (Option<&S>, Option<&S>),
    Context { by, note, .. }: Context<'_>,
) -> Result<(), ServiceError> {
    revisions::store(
        connection,
        &revisions::Change {
            id,
            version,
            object: "",
            by,
            note,
            before,
            after,
            merged_with: None,
            profession_id: None,
            is_of_draft: None,
        },
    )
    .map(drop)
}

/// The time of all that one import does.
pub(super) fn now() -> NaiveDateTime {
    db::now()
}
