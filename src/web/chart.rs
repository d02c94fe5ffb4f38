//! Charts as SVG, drawn on the server: bars over time, and a small line for lists. Here is the geometry; shapes and words
//! stand in `components/chart.html` and `components/spark.html`.

use super::numbers::{short, thousands};

/// What one bar stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// `23 Nov`, `14:00`.
    pub label: String,
    /// Drawn above.
    pub accepted: usize,
    /// Drawn beneath, with the words for each kind.
    pub refused: Vec<(String, usize)>,
    /// Its time is not over, so its numbers go on growing.
    pub unfinished: bool,
}

impl Column {
    /// All that were refused.
    pub fn refused(&self) -> usize {
        self.refused.iter().map(|(_, count)| count).sum()
    }

    /// `23 Nov`, `24 Nov so far`.
    fn words(&self) -> String {
        if self.unfinished { format!("{} so far", self.label) } else { self.label.clone() }
    }
}

/// One bar: the part above and the part beneath, in a square of 300 by 100.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its left edge.
    pub x: f64,
    /// Its width.
    pub width: f64,
    /// Top and height of what was accepted; no height for nothing.
    pub accepted: (f64, f64),
    /// Top and height of what was refused.
    pub refused: (f64, f64),
    /// `23 Nov: 4,475 accepted, 3 refused`.
    pub title: String,
    /// Its time is not over.
    pub unfinished: bool,
}

/// A row of the table that says the same in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartRow {
    /// `23 Nov`.
    pub label: String,
    /// `4,475`.
    pub accepted: String,
    /// `3`.
    pub refused: String,
    /// `2 expired, 1 disabled`.
    pub kinds: String,
}

/// Bars over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// All of it in a sentence.
    pub sentence: String,
    /// From left to right.
    pub bars: Vec<Bar>,
    /// The numbers at the side, from top to bottom.
    pub scale: [String; 4],
    /// The words beneath, from left to right.
    pub ticks: Vec<String>,
    /// The columns in which there was something.
    pub rows: Vec<ChartRow>,
}

/// The width of the square.
const WIDTH: f64 = 300.0;
/// Its height.
const HEIGHT: f64 = 100.0;
/// What is there at all is to be seen.
const LEAST: f64 = 1.0;

impl Chart {
    /// `what` begins the sentence: "Requests each day".
    pub fn new(what: &str, columns: &[Column]) -> Self {
        let most = columns.iter().map(|column| column.accepted + column.refused()).max().unwrap_or_default();
        let top = top(most);
        let slot = WIDTH / columns.len().max(1) as f64;
        let bars = columns.iter().enumerate().map(|(at, column)| bar(column, at as f64 * slot, slot, top)).collect();
        let ticks = columns.len().checked_sub(1).map_or_else(Vec::new, |last| {
            [0, last / 3, last * 2 / 3, last].map(|at| columns[at].label.clone()).to_vec()
        });
        Self {
            sentence: sentence(what, columns),
            bars,
            scale: [3, 2, 1, 0].map(|third| short(top / 3 * third)),
            ticks,
            rows: columns.iter().filter(|column| column.accepted + column.refused() > 0).map(row).collect(),
        }
    }
}

/// The next number of the form 3, 6, 9, 15 or 21, with zeros behind: whole thirds, and not much air above.
fn top(most: usize) -> usize {
    let mut unit = 1_usize;
    loop {
        for leading in [3, 6, 9, 15, 21] {
            let top = unit.saturating_mul(leading);
            if top >= most {
                return top;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

fn bar(column: &Column, left: f64, slot: f64, top: usize) -> Bar {
    let height = |count: usize| if count == 0 { 0.0 } else { (HEIGHT * count as f64 / top as f64).max(LEAST) };
    let round = |number: f64| (number * 100.0).round() / 100.0;
    let refused = height(column.refused());
    let accepted = height(column.accepted).min(HEIGHT - refused);
    Bar {
        x: round(left + slot * 0.15),
        width: round(slot * 0.7),
        accepted: (round(HEIGHT - refused - accepted), round(accepted)),
        refused: (round(HEIGHT - refused), round(refused)),
        title: format!("{}: {}", column.words(), both(column.accepted, column.refused())),
        unfinished: column.unfinished,
    }
}

fn both(accepted: usize, refused: usize) -> String {
    format!("{} accepted, {} refused", thousands(accepted), thousands(refused))
}

fn row(column: &Column) -> ChartRow {
    let kinds = column.refused.iter().map(|(words, count)| format!("{} {words}", thousands(*count)));
    ChartRow {
        label: column.words(),
        accepted: thousands(column.accepted),
        refused: thousands(column.refused()),
        kinds: kinds.collect::<Vec<_>>().join(", "),
    }
}

fn sentence(what: &str, columns: &[Column]) -> String {
    let (Some(first), Some(last)) = (columns.first(), columns.last()) else { return format!("{what}: none.") };
    let (accepted, refused) =
        columns.iter().fold((0, 0), |sum, column| (sum.0 + column.accepted, sum.1 + column.refused()));
    let mut text = format!("{what}, {} to {}. {}.", first.label, last.words(), both(accepted, refused));
    // The first of those that are equal.
    let busiest = |count: fn(&Column) -> usize| columns.iter().rev().max_by_key(|column| count(column));
    if let Some(column) = busiest(|column| column.accepted).filter(|column| column.accepted > 0) {
        text += &format!(" Most accepted: {} ({}).", thousands(column.accepted), column.words());
    }
    if let Some(column) = busiest(Column::refused).filter(|column| column.refused() > 0) {
        text += &format!(" Most refused: {} ({}).", thousands(column.refused()), column.words());
    }
    text
}

/// A small line in 84 by 24: one number for each whole day, oldest first, and a dot for today, which is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spark {
    /// All of it in a sentence.
    pub sentence: String,
    /// What is drawn; nothing when there was nothing.
    pub line: Option<SparkLine>,
    /// The sum, short.
    pub total: String,
}

/// The points of a small line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SparkLine {
    /// The whole days: `x,y x,y`.
    pub days: String,
    /// The last whole day: `x`.
    pub last: String,
    /// From there to today: `x,y x,y`.
    pub rest: String,
    /// Today so far: `x` and `y`.
    pub today: (String, String),
}

impl Spark {
    /// Of these days, of which the last is today.
    pub fn new(days: &[usize]) -> Self {
        let (whole, today) = days.split_last().map_or((days, 0), |(today, whole)| (whole, *today));
        let (total, most) = (days.iter().sum::<usize>(), days.iter().copied().max().unwrap_or_default());
        if total == 0 {
            let sentence = format!("No requests in {} days, nor today", whole.len());
            return Self { sentence, line: None, total: "0".into() };
        }
        let step = 80.0 / whole.len().max(1) as f64;
        let place = |(at, count): (usize, &usize)| {
            (format!("{:.1}", at as f64 * step), format!("{:.1}", 24.0 - 20.0 * *count as f64 / most as f64))
        };
        let points: Vec<(String, String)> = days.iter().enumerate().map(place).collect();
        let joined =
            |points: &[(String, String)]| points.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ");
        let line = points.split_last().map(|(today, whole)| SparkLine {
            days: joined(whole),
            last: whole.last().map_or_else(String::new, |(x, _)| x.clone()),
            rest: joined(&points[whole.len().saturating_sub(1)..]),
            today: today.clone(),
        });
        let past: usize = whole.iter().sum();
        let busiest = thousands(whole.iter().copied().max().unwrap_or_default());
        Self {
            sentence: format!(
                "{} request{} in {} days, busiest day {busiest}; {} today so far",
                thousands(past),
                if past == 1 { "" } else { "s" },
                whole.len(),
                thousands(today),
            ),
            line,
            total: short(total),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(label: &str, accepted: usize, refused: &[(&str, usize)]) -> Column {
        let refused = refused.iter().map(|(words, count)| ((*words).to_owned(), *count)).collect();
        Column { label: label.into(), accepted, refused, unfinished: false }
    }

    #[test]
    fn bars_stand_on_the_ground_and_stay_inside() {
        let columns =
            [column("1 Nov", 0, &[]), column("2 Nov", 60, &[("expired", 30)]), column("3 Nov", 1, &[("disabled", 1)])];
        let chart = Chart::new("Requests each day", &columns);
        assert_eq!(chart.scale, ["90", "60", "30", "0"]);
        assert_eq!(chart.ticks, ["1 Nov", "1 Nov", "2 Nov", "3 Nov"]);
        let [none, full, least] = &chart.bars[..] else { panic!("three bars") };
        assert_eq!((none.accepted.1, none.refused.1), (0.0, 0.0));
        assert_eq!((full.accepted, full.refused), ((0.0, 66.67), (66.67, 33.33)));
        // What would be thinner than can be seen.
        assert_eq!((least.accepted, least.refused), ((97.78, 1.11), (98.89, 1.11)));
        assert_eq!((full.x, full.width), (115.0, 70.0));
        assert_eq!(full.title, "2 Nov: 60 accepted, 30 refused");
    }

    #[test]
    fn a_single_call_among_very_many_is_seen() {
        let chart = Chart::new("Requests", &[column("a", 900_000, &[]), column("b", 0, &[("expired", 1)])]);
        assert_eq!(chart.bars[1].refused, (99.0, 1.0));
        assert_eq!(chart.bars[0].accepted, (0.0, 100.0));
    }

    #[test]
    fn the_scale_has_whole_thirds_and_little_air() {
        for (most, expected) in
            [(0, 3), (3, 3), (4, 6), (10, 15), (16, 21), (22, 30), (100, 150), (4_812, 6_000), (usize::MAX, usize::MAX)]
        {
            assert_eq!(top(most), expected, "{most}");
        }
    }

    #[test]
    fn a_chart_is_told_in_a_sentence_and_in_numbers() {
        let columns = [column("1 Nov", 1_200, &[]), column("2 Nov", 7, &[("expired", 2), ("disabled", 1)])];
        let chart = Chart::new("Requests each day", &columns);
        assert_eq!(
            chart.sentence,
            "Requests each day, 1 Nov to 2 Nov. 1,207 accepted, 3 refused. Most accepted: 1,200 (1 Nov). \
             Most refused: 3 (2 Nov)."
        );
        assert_eq!((chart.rows[1].refused.as_str(), chart.rows[1].kinds.as_str()), ("3", "2 expired, 1 disabled"));
        assert_eq!(Chart::new("Requests", &[]).sentence, "Requests: none.");
        let quiet = Chart::new("Requests", &[column("1 Nov", 0, &[])]);
        assert_eq!(quiet.sentence, "Requests, 1 Nov to 1 Nov. 0 accepted, 0 refused.");
        assert!(quiet.rows.is_empty());
    }

    #[test]
    fn a_small_line_has_a_point_for_each_day() {
        let spark = Spark::new(&[0, 5, 10, 1]);
        let line = spark.line.unwrap();
        assert_eq!((line.days.as_str(), line.last.as_str()), ("0.0,24.0 26.7,14.0 53.3,4.0", "53.3"));
        assert_eq!((line.rest.as_str(), line.today), ("53.3,4.0 80.0,22.0", ("80.0".into(), "22.0".into())));
        assert_eq!(spark.sentence, "15 requests in 3 days, busiest day 10; 1 today so far");
        assert_eq!(Spark::new(&[0; 15]).line, None);
        assert_eq!(Spark::new(&[0; 15]).sentence, "No requests in 14 days, nor today");
        assert_eq!(Spark::new(&[24_230]).total, "24.2k");
        assert_eq!(Spark::new(&[]).line, None);
    }

    #[test]
    fn a_day_that_is_not_over_is_not_drawn_as_a_whole_one() {
        let today = Column { unfinished: true, ..column("2 Nov", 7, &[]) };
        let chart = Chart::new("Requests each day", &[column("1 Nov", 9, &[]), today]);
        assert_eq!((chart.bars[0].unfinished, chart.bars[1].unfinished), (false, true));
        assert_eq!(
            (chart.bars[1].title.as_str(), chart.rows[1].label.as_str()),
            ("2 Nov so far: 7 accepted, 0 refused", "2 Nov so far")
        );
        assert!(chart.sentence.starts_with("Requests each day, 1 Nov to 2 Nov so far."), "{}", chart.sentence);
    }
}
