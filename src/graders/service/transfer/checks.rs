//! What is wrong with the professions of files.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::comparison::Comparison;
use super::ladders::Shared;
use super::levels::Levels;
use super::sentences;
use crate::clean::{is_line, is_name};
use crate::graders::models::grades::GradeRow;
use crate::graders::service::catalogue::Place;
use crate::graders::service::professions::{Inclusion, ProfessionFields};
use crate::graders::service::texts::{LONGEST_SUMMARY, LONGEST_TITLE, is_slug};
use crate::ladder::{Level, Scale};

/// A profession as it is to be, as far as others depend on it.
struct Planned {
    title: String,
    levels: BTreeSet<Level>,
    includes: Option<Inclusion>,
    is_draft: bool,
}

impl Comparison<'_> {
    pub(super) fn check_fields(
        &mut self,
        shared: &Shared<'_>,
        (file, place): (usize, Option<Place>),
        fields: &ProfessionFields,
    ) {
        let mut faults = Vec::new();
        let title = sentences::short(&fields.slug);
        if !is_slug(&fields.slug) {
            faults.push(sentences::slug(&fields.slug));
        }
        if !is_name(&fields.title, LONGEST_TITLE) {
            faults.push(format!(
                "Профессия «{title}»: {}",
                "нужно название не длиннее 100 знаков, в одну строку."
            ));
        }
        if !is_line(&fields.summary, LONGEST_SUMMARY) {
            faults.push(format!(
                "Профессия «{title}»: кратко — не длиннее 200 знаков, в одну строку."
            ));
        }
        if !shared.track_titles.contains_key(&fields.track) {
            faults.push(format!(
                "Профессия «{title}»: направления «{}» нет ни в файле, ни в каталоге.",
                sentences::short(&fields.track)
            ));
        }
        if let Some(scale) =
            fields.scale.as_ref().filter(|scale| !shared.scales.contains_key(*scale))
        {
            faults.push(format!(
                "Профессия «{title}»: шкалы «{}» нет ни в файле, ни в каталоге.",
                sentences::short(scale)
            ));
        }
        for fault in faults {
            self.faults.add(file, place, fault);
        }
    }

    /// Whether the scale has all levels that the ladder is to have.
    pub(super) fn check_levels(
        &mut self,
        (file, place): (usize, Option<Place>),
        fields: &ProfessionFields,
        scale: &Arc<Scale>,
        stored: &[GradeRow],
        levels: &Levels,
    ) {
        let stay = stored.iter().map(|row| row.level_name);
        let stay = stay.filter(|level| !levels.gone.contains(level));
        let all = stay.chain(levels.new_grades.iter().map(|grade| grade.level));
        let all = all.collect::<BTreeSet<_>>();
        let lacking = all.into_iter().filter(|level| scale.level(*level).is_none());
        let lacking = lacking.collect::<Vec<_>>();
        if !lacking.is_empty() {
            let message = format!(
                "Профессия «{}»: в шкале «{}» нет уровней лестницы: {}.",
                fields.slug,
                scale.title(),
                sentences::levels(lacking)
            );
            self.faults.add(file, place, message);
        }
    }

    /// Whether scales keep all levels of the ladders that use them and are not in the files.
    pub(super) fn check_scales(&mut self, shared: &Shared<'_>) {
        let work = &self.work;
        let in_files = work.professions.iter().filter_map(|work| Some(work.row.as_ref()?.id));
        let gone = work.gone_professions.iter().map(|row| row.id);
        let told = in_files.chain(gone).collect::<BTreeSet<_>>();
        let changed = work.changed_scales.iter().map(|(row, _)| row.id).collect::<BTreeSet<_>>();
        let users = self.present.professions.iter().filter(|row| {
            row.scale_id.is_some_and(|id| changed.contains(&id)) && !told.contains(&row.id)
        });
        let mut messages = Vec::new();
        for row in users {
            let scale = shared.scale(self.present.scale_slug(row.scale_id));
            let lacking = self.present.levels_of(row.id).into_iter();
            let lacking = lacking.filter(|level| scale.level(*level).is_none());
            let lacking = sentences::levels(lacking);
            if !lacking.is_empty() {
                messages.push(format!(
                    "В шкале «{}» не станет уровней, которые есть в лестнице «{}»: {lacking}.",
                    scale.title(),
                    row.title
                ));
            }
        }
        for message in messages {
            self.faults.add(0, None, message);
        }
    }

    /// What includes what: there is one, it has the level, and there are no circles.
    pub(super) fn check_inclusions(&mut self, places: &[(usize, Option<Place>)]) {
        let gone = self.work.gone_professions.iter().map(|row| row.id).collect::<BTreeSet<_>>();
        let mut planned = HashMap::<String, Planned>::new();
        for row in self.present.professions.iter().filter(|row| !gone.contains(&row.id)) {
            planned.insert(
                row.slug.clone(),
                Planned {
                    title: row.title.clone(),
                    levels: self.present.levels_of(row.id),
                    includes: self.fields_of(row).includes,
                    is_draft: row.is_draft,
                },
            );
        }
        for work in &self.work.professions {
            let id = work.row.as_ref().map(|row| row.id);
            let mut levels = id.map(|id| self.present.levels_of(id)).unwrap_or_default();
            levels.extend(work.new_grades.iter().map(|grade| grade.level));
            levels.retain(|level| !work.gone_levels.contains(level));
            let (title, includes) = (work.fields.title.clone(), work.fields.includes.clone());
            let is_draft = work.is_draft;
            let profession = Planned { title, levels, includes, is_draft };
            planned.insert(work.fields.slug.clone(), profession);
        }
        for (work, (file, place)) in self.work.professions.iter().zip(places) {
            let Some(includes) = &work.fields.includes else { continue };
            let unchanged = work.row.as_ref().map(|row| self.fields_of(row).includes);
            let what = format!("Профессия «{}»", work.fields.slug);
            let Some(base) = planned.get(&includes.slug) else {
                // One that stays as it is follows what it includes, as with every removal.
                if unchanged.flatten().as_ref() != Some(includes) || self.may_change() {
                    let message = format!(
                        "{what}: включаемой профессии «{}» нет ни в файле, ни в каталоге.",
                        sentences::short(&includes.slug)
                    );
                    self.faults.add(*file, *place, message);
                }
                continue;
            };
            if base.is_draft && !work.is_draft {
                let message = format!(
                    "{what}: «{}» — черновик, его может включать только черновик.",
                    base.title
                );
                self.faults.add(*file, *place, message);
            }
            if let Some(level) = includes.up_to
                && !base.levels.contains(&level)
            {
                let message = format!(
                    "{what}: в лестнице «{}», которую она включает, нет уровня {}.",
                    base.title,
                    level.name()
                );
                self.faults.add(*file, *place, message);
            }
            let (mut at, mut seen) = (includes, BTreeSet::new());
            while seen.insert(&at.slug) {
                if at.slug == work.fields.slug {
                    let message = if includes.slug == work.fields.slug {
                        format!("{what} включает сама себя.")
                    } else {
                        format!("{what}: вышел бы круг: «{}» сама включает её.", base.title)
                    };
                    self.faults.add(*file, *place, message);
                    break;
                }
                let Some(next) = planned.get(&at.slug).and_then(|next| next.includes.as_ref())
                else {
                    break;
                };
                at = next;
            }
        }
    }
}
