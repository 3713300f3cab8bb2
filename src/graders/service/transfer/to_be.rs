//! What is there, and what is to be, in the forms in which they are compared.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::comparison::{Comparison, Work};
use super::present::Present;
use crate::graders::models::grades::GradeRow;
use crate::graders::models::professions::WholeProfessionRow;
use crate::graders::service::ServiceError;
use crate::graders::service::professions::{
    GradeSnapshot, IncludedSnapshot, Inclusion, ProfessionFields, Snapshot,
};
use crate::graders::service::scales::{LevelFields, ScaleFields};
use crate::ladder::Scale;
use crate::ladder::scale::ScaleLevel;
use crate::ladder::skill::Dictionary;

impl Comparison<'_> {
    /// What a profession says of itself now.
    pub(super) fn fields_of(&self, row: &WholeProfessionRow) -> ProfessionFields {
        let base = row.includes_id.and_then(|id| self.present.profession(id));
        let includes =
            base.map(|base| Inclusion { slug: base.slug.clone(), up_to: row.includes_up_to() });
        ProfessionFields {
            title: row.title.clone(),
            slug: row.slug.clone(),
            summary: row.summary.clone(),
            track: row.track.clone(),
            includes,
            scale: self.present.scale_slug(row.scale_id).map(str::to_owned),
        }
    }

    /// A profession as it would be with some fields and with its present grades.
    pub(super) fn snapshot(
        &self,
        row: &WholeProfessionRow,
        fields: Option<&ProfessionFields>,
        grades: &[GradeRow],
        names: &Arc<Scale>,
    ) -> Snapshot {
        let fields = fields.cloned().unwrap_or_default();
        let included = fields.includes.as_ref().map(|includes| {
            let at = self.present.by_slug.get(&includes.slug);
            let found = at.map(|at| &self.present.professions[*at]);
            IncludedSnapshot {
                id: found.map_or(0, |found| found.id),
                title: found.map_or(&includes.slug, |found| &found.title).clone(),
                up_to: includes.up_to,
            }
        });
        let grade = |grade: &GradeRow| GradeSnapshot {
            level: grade.level_name,
            id: grade.grade_id,
            version: grade.version,
            description: None,
        };
        Snapshot {
            slug: fields.slug,
            title: fields.title,
            summary: fields.summary,
            track: fields.track,
            scale: fields.scale,
            position: row.position,
            created_at: row.created_at,
            former_slugs: None,
            is_draft: row.is_draft,
            includes: included,
            grades: grades.iter().map(grade).collect(),
            names: Arc::clone(names),
        }
    }

    pub(super) fn track_titles(&self) -> HashMap<String, String> {
        let stored = self.present.tracks.iter();
        // A changed title is told where the track is.
        let mut titles =
            stored.map(|row| (row.slug.clone(), row.title.clone())).collect::<HashMap<_, _>>();
        let new = self.work.new_tracks.iter();
        titles.extend(new.map(|(track, _)| (track.slug.clone(), track.title.clone())));
        titles
    }

    /// The scales as they are to be.
    pub(super) fn scales_to_be(&self) -> HashMap<String, Arc<Scale>> {
        let stored = self.present.scales.iter().map(|(row, fields)| (&row.slug, fields));
        let changed = self.work.changed_scales.iter().map(|(row, fields)| (&row.slug, fields));
        let new = self.work.new_scales.iter().map(|(slug, fields)| (slug, fields));
        let gone = &self.work.gone_scales;
        let stored = stored.filter(|(slug, _)| !gone.iter().any(|row| row.slug == **slug));
        let scale = |(slug, fields): (&String, &ScaleFields)| {
            let level = |level: &LevelFields| ScaleLevel {
                level: level.level,
                title: level.title.clone(),
                slug: level.slug.clone(),
                is_base: level.is_base,
            };
            let levels = fields.levels.iter().map(level).collect();
            (slug.clone(), Arc::new(Scale::new(fields.title.clone(), levels)))
        };
        stored.chain(changed).chain(new).map(scale).collect()
    }
}

impl Work {
    /// The dictionary as it is to be.
    pub(super) fn dictionary(&self, present: &Present) -> Result<Dictionary, ServiceError> {
        let gone = |slug: &str| self.gone_skills.iter().any(|row| row.slug == slug);
        let mut skills = BTreeMap::new();
        for (row, fields) in present.skills.iter().filter(|(row, _)| !gone(&row.slug)) {
            skills.insert(row.slug.clone(), fields.skill());
        }
        let changed = self.changed_skills.iter().map(|(_, fields)| fields);
        for fields in changed.chain(&self.new_skills) {
            skills.insert(fields.slug.clone(), fields.skill());
        }
        Ok(Dictionary::new(skills.into_values().collect())?)
    }
}
