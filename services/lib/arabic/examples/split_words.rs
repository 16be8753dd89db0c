//! Splits the words of each line of standard input: `echo 'ولواشنطن بوابة' | cargo run --example split_words`.
#![allow(clippy::print_stdout)]

use marsad_arabic::clitics::Splitter;
use marsad_arabic::token::{TokenKind, tokenize};

fn main() -> std::io::Result<()> {
    let splitter = Splitter::built_in();
    for line in std::io::stdin().lines() {
        let line = line?;
        let tokens = tokenize(&line);
        let near = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.text(&line));
        let words = tokens.iter().enumerate().map(|(at, token)| {
            let word = token.text(&line);
            if token.kind != TokenKind::Word {
                return word.to_owned();
            }
            splitter.split(near(at.checked_sub(1)), word, near(Some(at + 1))).pieces(word).join("+")
        });
        println!("{}", words.collect::<Vec<_>>().join(" "));
    }
    Ok(())
}
