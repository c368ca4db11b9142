//! Typed values from a form, and a list of what was wrong.

use std::{borrow::Cow, collections::BTreeSet, ops::RangeInclusive, str::FromStr};

use super::FormBody;
use crate::{
    IsoDate,
    date::parse_iso8601,
    problem::{InvalidParam, ParamLocation},
};

/// What a list field may hold.
#[derive(Clone, Debug)]
pub struct FieldRules {
    /// Number of items.
    pub items: RangeInclusive<usize>,
    /// Characters of each item.
    pub chars: RangeInclusive<usize>,
}

/// Reads fields of one [`FormBody`], noting every wrong one, so that a client learns of all of them
/// at once.
///
/// Getters come in two tenses. `required_*` and plain ones give `Option<T>`: `None` when absent,
/// null or wrong. `change_*` ones are for updates and give `Option<Option<T>>`: the outer `None` is
/// "leave it as it is", the inner one "clear it". An empty text counts as null, since HTML forms
/// cannot leave a field out; so does the text `null`, which PeerTube's clients send in forms.
#[derive(Debug)]
pub struct FieldReader<'a> {
    form: &'a FormBody,
    location: ParamLocation,
    invalid: Vec<InvalidParam>,
}

impl<'a> FieldReader<'a> {
    /// Reads a body.
    #[must_use]
    pub const fn body(form: &'a FormBody) -> Self {
        Self {
            form,
            location: ParamLocation::Body,
            invalid: Vec::new(),
        }
    }

    /// Reads a query.
    #[must_use]
    pub const fn query(form: &'a FormBody) -> Self {
        Self {
            form,
            location: ParamLocation::Query,
            invalid: Vec::new(),
        }
    }

    /// The form that is read.
    #[must_use]
    pub const fn form(&self) -> &'a FormBody {
        self.form
    }

    /// Notes a wrong field.
    pub fn refuse(&mut self, path: &str, msg: impl Into<Cow<'static, str>>) {
        self.invalid.push(InvalidParam::new(
            self.location,
            path,
            msg,
            self.form.text(path),
        ));
    }

    /// Notes a wrong field whose value must not be sent back.
    pub fn refuse_secret(&mut self, path: &str, msg: impl Into<Cow<'static, str>>) {
        self.invalid
            .push(InvalidParam::new(self.location, path, msg, None));
    }

    /// Whether anything was wrong so far.
    #[must_use]
    pub const fn has_refused(&self) -> bool {
        !self.invalid.is_empty()
    }

    /// Whether that field was wrong.
    #[must_use]
    pub fn is_refused(&self, path: &str) -> bool {
        self.invalid.iter().any(|entry| entry.param == path)
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// Everything that was wrong, if anything was.
    pub fn finish(self) -> Result<(), Vec<InvalidParam>> {
        if self.invalid.is_empty() {
            Ok(())
        } else {
            Err(self.invalid)
        }
    }

    /// Everything that was wrong, for a caller that misses a required value.
    #[must_use]
    pub fn into_refused(self) -> Vec<InvalidParam> {
        self.invalid
    }

    /// The field's text, `None` when absent or null in any way.
    fn present(&self, path: &str) -> Option<&'a str> {
        self.form
            .text(path)
            .filter(|text| !text.is_empty() && *text != "null")
    }

    /// A text of so many characters, spaces around it removed.
    pub fn text(&mut self, path: &str, chars: RangeInclusive<usize>) -> Option<&'a str> {
        let text = self.form.text(path)?.trim();
        if text.is_empty() {
            return None;
        }
        self.within(path, text, chars)
    }

    /// A text that must be there.
    pub fn required_text(&mut self, path: &str, chars: RangeInclusive<usize>) -> Option<&'a str> {
        match self.form.text(path).map(str::trim) {
            None => {
                self.refuse(path, "is missing");
                None
            }
            Some(text) => self.within(path, text, chars),
        }
    }

    /// A text that an update may set or clear.
    pub fn change_text(
        &mut self,
        path: &str,
        chars: RangeInclusive<usize>,
    ) -> Option<Option<&'a str>> {
        if !self.form.is_given(path) {
            return None;
        }
        match self
            .present(path)
            .map(str::trim)
            .filter(|text| !text.is_empty())
        {
            None => Some(None),
            Some(text) => self.within(path, text, chars).map(Some),
        }
    }

    fn within(
        &mut self,
        path: &str,
        text: &'a str,
        chars: RangeInclusive<usize>,
    ) -> Option<&'a str> {
        if chars.contains(&text.chars().count()) {
            return Some(text);
        }
        let (min, max) = chars.into_inner();
        self.refuse(path, format!("must have {min} to {max} characters"));
        None
    }

    /// A whole number within bounds.
    pub fn number<T>(&mut self, path: &str, bounds: RangeInclusive<T>) -> Option<T>
    where
        T: FromStr + PartialOrd + std::fmt::Display,
    {
        let text = self.present(path)?.trim();
        match text.parse() {
            Ok(number) if bounds.contains(&number) => Some(number),
            _ => {
                let (min, max) = bounds.into_inner();
                self.refuse(path, format!("must be a whole number from {min} to {max}"));
                None
            }
        }
    }

    /// A whole number that must be there.
    pub fn required_number<T>(&mut self, path: &str, bounds: RangeInclusive<T>) -> Option<T>
    where
        T: FromStr + PartialOrd + std::fmt::Display,
    {
        if self.present(path).is_none() {
            self.refuse(path, "is missing");
            return None;
        }
        self.number(path, bounds)
    }

    /// `true` or `false`, `1` or `0`, `on` from an HTML checkbox.
    pub fn boolean(&mut self, path: &str) -> Option<bool> {
        match self.present(path)? {
            "true" | "1" | "on" => Some(true),
            "false" | "0" => Some(false),
            _ => {
                self.refuse(path, "must be true or false");
                None
            }
        }
    }

    /// A date, ISO 8601.
    pub fn date(&mut self, path: &str) -> Option<IsoDate> {
        if let Ok(unix_ms) = parse_iso8601(self.present(path)?.trim()) {
            Some(IsoDate(unix_ms))
        } else {
            self.refuse(path, "must be an ISO 8601 date");
            None
        }
    }

    /// A date that an update may set or clear.
    pub fn change_date(&mut self, path: &str) -> Option<Option<IsoDate>> {
        self.change(path, Self::date)
    }

    /// One of a vocabulary's ids, by `known`.
    pub fn known<T>(&mut self, path: &str, known: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let found = known(self.present(path)?.trim());
        if found.is_none() {
            self.refuse(path, "is not a known value");
        }
        found
    }

    /// One of a vocabulary's ids that an update may set or clear.
    pub fn change_known<T>(
        &mut self,
        path: &str,
        known: impl FnOnce(&str) -> Option<T>,
    ) -> Option<Option<T>> {
        self.change(path, |reader, path| reader.known(path, known))
    }

    /// What `read` gives, in the tense of updates.
    pub fn change<T>(
        &mut self,
        path: &str,
        read: impl FnOnce(&mut Self, &str) -> Option<T>,
    ) -> Option<Option<T>> {
        if !self.form.is_given(path) {
            return None;
        }
        if self.present(path).is_none() {
            return Some(None);
        }
        read(self, path).map(Some)
    }

    /// Texts of a list without repetitions and empty items; `None` when absent or wrong, an empty
    /// list when null.
    pub fn list(&mut self, path: &str, rules: &FieldRules) -> Option<Vec<String>> {
        if !self.form.is_given(path) {
            return None;
        }
        let mut seen = BTreeSet::new();
        let items: Vec<&str> = self
            .form
            .texts(path)
            .into_iter()
            .map(str::trim)
            .filter(|item| !item.is_empty() && *item != "null" && seen.insert(*item))
            .collect();
        if !rules.items.contains(&items.len()) {
            let (min, max) = rules.items.clone().into_inner();
            self.refuse(path, format!("must have {min} to {max} items"));
            return None;
        }
        if let Some(item) = items
            .iter()
            .find(|item| !rules.chars.contains(&item.chars().count()))
        {
            let (min, max) = rules.chars.clone().into_inner();
            let msg = format!("every item must have {min} to {max} characters");
            self.invalid
                .push(InvalidParam::new(self.location, path, msg, Some(item)));
            return None;
        }
        Some(items.into_iter().map(str::to_owned).collect())
    }

    /// Values of a list, each read by `known`; empty when absent.
    pub fn known_list<T>(
        &mut self,
        path: &str,
        max_items: usize,
        known: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let items = self.form.texts(path);
        if items.len() > max_items {
            self.refuse(path, format!("must have at most {max_items} items"));
            return Vec::new();
        }
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            if let Some(value) = known(item.trim()) {
                values.push(value);
            } else {
                let msg = "has an item that is not a known value";
                self.invalid
                    .push(InvalidParam::new(self.location, path, msg, Some(item)));
                break;
            }
        }
        values
    }
}
