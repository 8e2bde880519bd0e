/// A glob in the grammar of Deno's standard library: `*`, `?`, `[…]`, `{…}`, and if wanted `**` and
/// the groups `@(…)`, `?(…)`, `*(…)`, `+(…)` and `!(…)`, whose alternatives `|` separates.
#[derive(Debug, Clone)]
pub(super) struct Glob {
    tokens: Vec<Token>,
    ignore_case: bool,
}

/// Which parts of the grammar are wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grammar {
    pub(super) extended: bool,
    pub(super) globstar: bool,
    pub(super) ignore_case: bool,
}

#[derive(Debug, Clone)]
enum Token {
    Char(char),
    /// Any one character of a name.
    Any,
    /// Any part of a name.
    Star,
    /// Any number of whole folders.
    Folders,
    /// All that follows, in whatever folder.
    Everything,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    Group {
        count: Count,
        alternatives: Vec<Vec<Token>>,
    },
}

/// How often one of a group's alternatives stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Count {
    Once,
    Maybe,
    /// At least this often.
    Many(usize),
    Not,
}

impl Glob {
    pub(super) fn new(text: &str, grammar: Grammar) -> Self {
        let mut parser = Parser {
            text: text.chars().collect(),
            at: 0,
            grammar,
        };
        let mut tokens = Vec::new();
        while parser.at < parser.text.len() {
            let (more, _) = parser.tokens(&[]);
            tokens.extend(more);
        }
        Self {
            tokens,
            ignore_case: grammar.ignore_case,
        }
    }

    /// Whether the whole of a text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        self.find(&self.tokens, &text, &mut |rest| rest.is_empty())
    }

    /// The one text that matches, where the glob is no pattern at all.
    pub(super) fn literal(&self) -> Option<String> {
        let char_of = |token: &Token| match token {
            Token::Char(char) => Some(*char),
            _ => None,
        };
        self.tokens.iter().map(char_of).collect()
    }

    /// Whether `tokens` match a start of `text` after which `then` accepts the rest.
    fn find(&self, tokens: &[Token], text: &[char], then: &mut dyn FnMut(&[char]) -> bool) -> bool {
        let Some((token, after)) = tokens.split_first() else {
            return then(text);
        };
        let name = text.iter().take_while(|char| **char != '/').count();
        match token {
            Token::Char(_) | Token::Any | Token::Class { .. } => match text.split_first() {
                Some((char, rest)) => self.is(token, *char) && self.find(after, rest, then),
                None => false,
            },
            Token::Star => (0..=name).any(|length| self.find(after, &text[length..], then)),
            Token::Everything => then(&[]),
            Token::Folders => {
                let starts = (0..text.len()).filter(|at| *at > 0 && text[at - 1] == '/');
                self.find(after, text, then)
                    || starts
                        .into_iter()
                        .any(|at| self.find(after, &text[at..], then))
            }
            Token::Group {
                count,
                alternatives,
            } => match count {
                Count::Once => self.repeat(alternatives, text, 1, 1, after, then),
                Count::Maybe => self.repeat(alternatives, text, 0, 1, after, then),
                Count::Many(least) => {
                    self.repeat(alternatives, text, *least, usize::MAX, after, then)
                }
                Count::Not => (0..=name).any(|length| {
                    let (part, rest) = text.split_at(length);
                    let mut whole = |rest: &[char]| rest.is_empty();
                    !alternatives
                        .iter()
                        .any(|tokens| self.find(tokens, part, &mut whole))
                        && self.find(after, rest, then)
                }),
            },
        }
    }

    /// Whether alternatives from `least` to `most` times, and then `after`, match.
    fn repeat(
        &self,
        alternatives: &[Vec<Token>],
        text: &[char],
        least: usize,
        most: usize,
        after: &[Token],
        then: &mut dyn FnMut(&[char]) -> bool,
    ) -> bool {
        if least == 0 && self.find(after, text, then) {
            return true;
        }
        most > 0
            && alternatives.iter().any(|tokens| {
                self.find(tokens, text, &mut |rest| {
                    // What matched nothing would match nothing for ever.
                    let last = if rest.len() == text.len() {
                        0
                    } else {
                        most - 1
                    };
                    let missing = if last == 0 {
                        0
                    } else {
                        least.saturating_sub(1)
                    };
                    self.repeat(alternatives, rest, missing, last, after, then)
                })
            })
    }

    fn is(&self, token: &Token, char: char) -> bool {
        if !self.ignore_case {
            return token.is(char);
        }
        let (lower, upper) = (char.to_lowercase(), char.to_uppercase());
        let same = |other: char| other.to_lowercase().eq(lower.clone());
        match token {
            Token::Char(wanted) => same(*wanted),
            Token::Class { negated: true, .. } => {
                lower.clone().all(|char| token.is(char)) && upper.clone().all(|char| token.is(char))
            }
            _ => lower.clone().chain(upper).any(|char| token.is(char)),
        }
    }
}

impl Token {
    fn is(&self, char: char) -> bool {
        match self {
            Self::Char(wanted) => *wanted == char,
            Self::Class { negated, ranges } => {
                let within = ranges
                    .iter()
                    .any(|(from, to)| (*from..=*to).contains(&char));
                char != '/' && within != *negated
            }
            _ => char != '/',
        }
    }
}

struct Parser {
    text: Vec<char>,
    at: usize,
    grammar: Grammar,
}

impl Parser {
    /// Reads tokens up to one of `ends`, which it takes; none of them where the text ends first.
    fn tokens(&mut self, ends: &[char]) -> (Vec<Token>, Option<char>) {
        let mut tokens = Vec::new();
        while let Some(char) = self.peek(0) {
            if ends.contains(&char) {
                self.at += 1;
                return (tokens, Some(char));
            }
            let token = self.token(char, ends.is_empty());
            tokens.push(token);
        }
        (tokens, None)
    }

    fn token(&mut self, char: char, at_top: bool) -> Token {
        let count = match char {
            '@' => Some(Count::Once),
            '?' => Some(Count::Maybe),
            '*' => Some(Count::Many(0)),
            '+' => Some(Count::Many(1)),
            '!' => Some(Count::Not),
            _ => None,
        };
        let start = self.at;
        self.at += 1;
        if let Some(count) = count
            && self.grammar.extended
            && self.peek(0) == Some('(')
        {
            self.at += 1;
            if let Some(alternatives) = self.alternatives('|', ')') {
                return Token::Group {
                    count,
                    alternatives,
                };
            }
            self.at = start + 1;
        }
        match char {
            '\\' if self.peek(0).is_some() => {
                self.at += 1;
                Token::Char(self.text[self.at - 1])
            }
            '?' => Token::Any,
            '*' => self.star(start, at_top),
            '[' => self.class().unwrap_or(Token::Char(char)),
            '{' => match self.alternatives(',', '}') {
                Some(alternatives) => Token::Group {
                    count: Count::Once,
                    alternatives,
                },
                None => {
                    self.at = start + 1;
                    Token::Char(char)
                }
            },
            _ => Token::Char(char),
        }
    }

    /// A `*`, or a `**` that is a whole segment.
    fn star(&mut self, start: usize, at_top: bool) -> Token {
        while self.peek(0) == Some('*') {
            self.at += 1;
        }
        let opens = start == 0 || self.text[start - 1] == '/';
        if !(self.grammar.globstar && at_top && opens && self.at - start == 2) {
            return Token::Star;
        }
        match self.peek(0) {
            None => Token::Everything,
            Some('/') => {
                self.at += 1;
                Token::Folders
            }
            Some(_) => Token::Star,
        }
    }

    fn alternatives(&mut self, separator: char, end: char) -> Option<Vec<Vec<Token>>> {
        let mut alternatives = Vec::new();
        loop {
            let (tokens, stopped_at) = self.tokens(&[separator, end]);
            alternatives.push(tokens);
            if stopped_at? == end {
                return Some(alternatives);
            }
        }
    }

    fn class(&mut self) -> Option<Token> {
        let end = self.text[self.at..]
            .iter()
            .skip(1)
            .position(|char| *char == ']')?
            + self.at
            + 1;
        let mut inside = &self.text[self.at..end];
        let negated = matches!(inside.first(), Some('!' | '^')) && inside.len() > 1;
        if negated {
            inside = &inside[1..];
        }
        let mut ranges = Vec::new();
        while let Some((from, rest)) = inside.split_first() {
            inside = rest;
            match rest {
                ['-', to, rest @ ..] => {
                    ranges.push((*from, *to));
                    inside = rest;
                }
                _ => ranges.push((*from, *from)),
            }
        }
        self.at = end + 1;
        Some(Token::Class { negated, ranges })
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::{Glob, Grammar};

    fn matches(glob: &str, text: &str) -> bool {
        let grammar = Grammar {
            extended: true,
            globstar: true,
            ignore_case: false,
        };
        Glob::new(glob, grammar).matches(text)
    }

    #[test]
    fn each_form_matches_what_it_says() {
        for (glob, yes, no) in [
            ("*.rs", &["a.rs", ".rs"][..], &["a.rsx", "a/b.rs", "rs"][..]),
            ("a?c", &["abc"], &["ac", "a/c", "abbc"]),
            ("[a-c]x", &["ax", "cx"], &["dx", "x"]),
            ("[!a-c]x", &["dx"], &["ax", "/x"]),
            ("[]]", &["]"], &["["]),
            ("{a,b*}.txt", &["a.txt", "bcd.txt"], &["c.txt"]),
            ("**/x", &["x", "a/x", "a/b/x"], &["ax", "a/xx"]),
            ("/a/**", &["/a/b", "/a/b/c", "/a/"], &["/b/a"]),
            ("a**b", &["ab", "axb"], &["a/b"]),
            ("@(a|b)c", &["ac", "bc"], &["c", "abc"]),
            ("?(a)c", &["ac", "c"], &["aac"]),
            ("*(a|b)c", &["c", "ababc"], &["dc"]),
            ("+(a|b)c", &["ac", "babc"], &["c"]),
            ("!(a|b)", &["c", "ab", ""], &["a", "b", "c/d"]),
            ("!(*.js)", &["a.ts"], &["a.js"]),
            ("\\*", &["*"], &["a"]),
            ("[", &["["], &["]"]),
            ("{a", &["{a"], &["a"]),
            ("+(a", &["+(a"], &["a"]),
            ("*(*)*(*)x", &["x", "aax"], &["a"]),
        ] {
            for text in yes {
                assert!(matches(glob, text), "{glob} must match {text}");
            }
            for text in no {
                assert!(!matches(glob, text), "{glob} must not match {text}");
            }
        }
    }

    #[test]
    fn case_and_extensions_are_as_wanted() {
        let grammar = Grammar {
            extended: false,
            globstar: false,
            ignore_case: true,
        };
        assert!(Glob::new("*.TXT", grammar).matches("a.txt"));
        assert!(Glob::new("[a-c]", grammar).matches("B"));
        assert!(!Glob::new("[!a-c]", grammar).matches("B"));
        assert!(Glob::new("@(a|b)", grammar).matches("@(A|B)"));
        assert!(!Glob::new("**/x", grammar).matches("a/b/x"));
        assert_eq!(
            Glob::new("a\\*b", grammar).literal().as_deref(),
            Some("a*b")
        );
        assert_eq!(Glob::new("a*b", grammar).literal(), None);
    }
}
