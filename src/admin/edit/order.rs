//! Things in an order, each with a field for its place.

use crate::fields::Fields;
use crate::graders::service::order::Wanted;

/// How the names of the fields begin that places are typed into.
const PLACE: &str = "place-";

/// The fields of an order.
pub struct OrderForm {
    /// The things in their order: name in addresses, name on pages, and what stands in the field.
    pub rows: Vec<(String, String, String)>,
    /// What is wrong.
    pub failure: Option<&'static str>,
}

impl OrderForm {
    /// The fields of things in their order, each with its place.
    pub fn new(things: impl IntoIterator<Item = (String, String)>) -> Self {
        let rows = things.into_iter().zip(1_usize..);
        let rows = rows.map(|((slug, title), place)| (slug, title, place.to_string()));
        Self { rows: rows.collect(), failure: None }
    }

    /// The order that a form wants; `None` if what was typed is no place.
    pub fn read(fields: &Fields) -> Option<Wanted> {
        let shown = fields.iter().filter(|(name, _)| *name == "item");
        let shown = shown.map(|(_, slug)| slug.to_owned()).collect::<Vec<_>>();
        let place = |slug: &String| fields.get(&format!("{PLACE}{slug}")).trim().parse().ok();
        let places = shown.iter().map(place).collect::<Option<Vec<usize>>>()?;
        Some(Wanted { shown, places }).filter(|wanted| !wanted.places.contains(&0))
    }

    /// The same with what was typed, and what is wrong.
    pub fn refused(mut self, fields: &Fields, failure: &'static str) -> Self {
        for (slug, _, typed) in &mut self.rows {
            if let Some(sent) = fields.sent(&format!("{PLACE}{slug}")) {
                sent.clone_into(typed);
            }
        }
        Self { failure: Some(failure), ..self }
    }

    /// Where things are after a move: «Python» — место 1 из 4.
    pub fn places(&self, moved: &str) -> Option<String> {
        let count = self.rows.len();
        let places = moved.split(',').filter_map(|slug| {
            let index = self.rows.iter().position(|(found, ..)| found == slug)?;
            Some(format!("«{}» — место {} из {count}", self.rows[index].1, index + 1))
        });
        let places = places.collect::<Vec<_>>().join(", ");
        Some(format!("{places}.")).filter(|_| !places.is_empty())
    }
}
