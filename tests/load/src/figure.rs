//! One measured value beside its bound, and the table of them.

/// What a value must keep to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// It is shown, and nothing is demanded of it.
    Shown,
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::Shown => true,
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Shown => String::new(),
            Self::AtMost(limit) => format!("<= {}", short(limit)),
            Self::AtLeast(limit) => format!(">= {}", short(limit)),
        }
    }

    fn verdict(self, value: f64) -> &'static str {
        match self {
            Self::Shown => "",
            _ if self.holds(value) => "ok",
            _ => "OVER",
        }
    }
}

/// Prints each figure as soon as it is measured, and counts those that miss their bound.
#[derive(Debug, Default)]
pub struct Table {
    bounded: u32,
    missed: Vec<String>,
}

impl Table {
    /// Begins a group.
    pub fn heading(&mut self, name: &str, title: &str) {
        println!();
        println!("{name}: {title}");
    }

    /// Prints one figure.
    pub fn line(&mut self, name: &str, value: f64, unit: &str, bound: Bound) {
        let measured = format!("{} {unit}", short(value));
        let (limit, verdict) = (bound.text(), bound.verdict(value));
        println!("  {name:<52} {measured:>18}  {limit:<10} {verdict}");
        if bound != Bound::Shown {
            self.bounded += 1;
        }
        if !bound.holds(value) {
            self.missed
                .push(format!("{name}: {measured}, bound {limit}"));
        }
    }

    /// Prints one figure without a bound.
    pub fn shown(&mut self, name: &str, value: f64, unit: &str) {
        self.line(name, value, unit, Bound::Shown);
    }

    /// Prints words about the figures before.
    pub fn note(&mut self, words: &str) {
        println!("    {words}");
    }

    /// Prints what misses its bound, all groups together.
    pub fn closing_line(&self) {
        println!();
        for missed in &self.missed {
            println!("OVER  {missed}");
        }
        let kept = usize::try_from(self.bounded).unwrap_or(usize::MAX) - self.missed.len();
        println!("{kept} of {} bounds kept", self.bounded);
    }
}

/// Three digits or so, as a person would say it.
#[must_use]
pub fn short(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude == 0.0 || magnitude >= 100.0 || value.fract() == 0.0 {
        grouped(value)
    } else if magnitude >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = if value < 0.0 {
        "-".to_owned()
    } else {
        String::new()
    };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The middle one of at least one value; the upper middle one of an even number.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The smallest one of at least one value: of a time that only ever grows by what disturbs it.
#[must_use]
pub fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

/// A count as a figure.
#[must_use]
#[expect(clippy::as_conversions, reason = "there is no From; exact below 2^53")]
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
pub fn count(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_as_long_as_they_are_telling() {
        for (value, expected) in [
            (0.0, "0"),
            (0.234, "0.23"),
            (9.0, "9"),
            (12.34, "12.3"),
            (250.0, "250"),
            (1_234.4, "1,234"),
            (1_234_567.0, "1,234,567"),
            (-3.25, "-3.25"),
        ] {
            assert_eq!(short(value), expected);
        }
    }

    #[test]
    fn a_missed_bound_is_counted_and_named() {
        let mut table = Table::default();
        table.line("a", 1.0, "ms", Bound::AtMost(2.0));
        table.line("b", 1.0, "ms", Bound::AtLeast(2.0));
        table.shown("c", 1.0, "ms");
        assert_eq!(table.bounded, 2);
        assert_eq!(table.missed.len(), 1);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    }
}
