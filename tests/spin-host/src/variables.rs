//! Variables of the application, and the templates that hand them to components.

use std::collections::BTreeMap;

use crate::manifest::Variable;
use crate::{Failure, failure};

/// Text with `{{ name }}` in it.
#[derive(Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(String),
}

impl Template {
    /// Finds the names.
    ///
    /// # Errors
    /// If a brace is not closed.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, behind) = after
                .split_once("}}")
                .ok_or_else(|| failure(text, "{{ is not closed"))?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Variable(name.trim().to_owned()));
            rest = behind;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }

    /// Puts values in.
    ///
    /// # Errors
    /// If one is not declared.
    pub fn resolve(&self, values: &BTreeMap<String, String>) -> Result<String, Failure> {
        let part = |part: &Part| match part {
            Part::Text(text) => Ok(text.clone()),
            Part::Variable(name) => values
                .get(name)
                .cloned()
                .ok_or_else(|| failure(name, "no such variable is declared")),
        };
        self.0.iter().map(part).collect()
    }
}

/// Words of lower-case letters and digits, each begun by a letter, with single underscores between them.
///
/// # Errors
/// If it is anything else.
pub fn check_name(name: &str) -> Result<(), Failure> {
    let is_word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    if name.split('_').all(is_word) {
        Ok(())
    } else {
        Err(failure(name, "is no name of a variable"))
    }
}

/// A value for each declared variable: the given one, else its default.
///
/// # Errors
/// If a required one is not given, or one is given that nobody declared.
pub fn values(
    declared: &BTreeMap<String, Variable>,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Failure> {
    if let Some(name) = given.keys().find(|name| !declared.contains_key(*name)) {
        return Err(failure(name, "is given, but the manifest declares it not"));
    }
    declared
        .iter()
        .map(|(name, variable)| {
            let value = given.get(name).or(variable.default.as_ref()).cloned();
            value
                .map(|value| (name.clone(), value))
                .ok_or_else(|| failure(name, "is required and not given"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_with_single_underscores() {
        for good in ["a", "public_origin", "s3_endpoint"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "_a", "a_", "a__b", "A", "a-b", "3s", "a_3"] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_template_that_is_not_closed_is_refused() {
        assert!(Template::parse("{{ a").is_err());
        let values = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        let text = Template::parse("x{{a}}y{{ a }}").unwrap();
        assert_eq!(text.resolve(&values).unwrap(), "x1y1");
    }
}
