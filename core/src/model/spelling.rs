/// Whether `given` is `known` misspelt: by case, by an underscore or hyphen, or by a letter or two.
///
/// ```
/// use deno_sandbox::model::is_misspelt;
/// assert!(is_misspelt("regoin", "region"));
/// assert!(is_misspelt("allow_net", "allowNet"));
/// assert!(!is_misspelt("signal", "region"));
/// ```
pub fn is_misspelt(given: &str, known: &str) -> bool {
    let plain = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    let (given, known) = (plain(given), plain(known));
    let allowed = if known.len() > 5 { 2 } else { 1 };
    given == known || known.len() > 3 && strsim::osa_distance(&given, &known) <= allowed
}
