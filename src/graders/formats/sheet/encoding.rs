//! The encoding of a text file.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1251};

use super::FileError;

/// The text of a file, and the name of its encoding if it is not UTF-8.
///
/// A byte order mark decides; without one the text is UTF-8 if it can be, else windows-1251 if that makes words
/// of it.
///
/// # Errors
///
/// If the file is no text.
pub fn decoded(bytes: &[u8]) -> Result<(String, Option<&'static str>), FileError> {
    let refuse = |message: &str| FileError { place: None, message: message.to_owned() };
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let (text, broken) = encoding.decode_without_bom_handling(&bytes[length..]);
        if broken {
            return Err(refuse("Файл начинается как текст в Юникоде, но дальше испорчен."));
        }
        let name = (encoding == UTF_16LE || encoding == UTF_16BE).then_some("UTF-16");
        return no_nul(&text).map(|()| (text.into_owned(), name));
    }
    if let Ok(text) = str::from_utf8(bytes) {
        return no_nul(text).map(|()| (text.to_owned(), None));
    }
    if bytes.contains(&0) {
        return Err(refuse("Это не текст: в файле есть нулевые байты."));
    }
    let (text, _) = WINDOWS_1251.decode_without_bom_handling(bytes);
    if !is_plausible(&text) {
        return Err(refuse(
            "Не удалось узнать кодировку файла. Сохраните его как «CSV UTF-8» или XLSX.",
        ));
    }
    Ok((text.into_owned(), Some("windows-1251")))
}

fn no_nul(text: &str) -> Result<(), FileError> {
    let Some(at) = text.find('\0') else { return Ok(()) };
    let line = 1 + text[..at].matches('\n').count();
    let message = format!("Это не текст: в строке {line} есть нулевые байты.");
    Err(FileError { place: None, message })
}

/// Whether letters that are not ASCII are mostly small Cyrillic ones, as they are in Russian; a text in another
/// encoding is full of capitals and signs.
fn is_plausible(text: &str) -> bool {
    let (mut small, mut large, mut other) = (0_usize, 0_usize, 0_usize);
    for letter in text.chars() {
        match letter {
            'а'..='я' | 'ё' => small += 1,
            'А'..='Я' | 'Ё' => large += 1,
            '«' | '»' | '—' | '–' | '№' | '\u{a0}' | '…' | '•' | '„' | '“' | '”' | '’' | '‘'
            | '°' | '±' | '·' | '§' | '©' | '\n' | '\r' | '\t' => {}
            letter if letter.is_ascii() && !letter.is_ascii_control() => {}
            _ => other += 1,
        }
    }
    small > large && small > 4 * other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let text = "Компетенция;Джун\r\nЗнает «Git» — да;1";
        let utf_16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
            mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect::<Vec<_>>()
        };
        for (bytes, name) in [
            (text.as_bytes().to_vec(), None),
            ([b"\xef\xbb\xbf", text.as_bytes()].concat(), None),
            (utf_16([0xff, 0xfe], u16::to_le_bytes), Some("UTF-16")),
            (utf_16([0xfe, 0xff], u16::to_be_bytes), Some("UTF-16")),
            (WINDOWS_1251.encode(text).0.into_owned(), Some("windows-1251")),
        ] {
            assert_eq!(decoded(&bytes).unwrap(), (text.to_owned(), name));
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0".to_vec();
        let koi8 =
            encoding_rs::KOI8_R.encode("компетенция и уровень, навык и глубина").0.into_owned();
        for bytes in [png, koi8, b"a;b\n\0;c".to_vec(), b"\xef\xbb\xbf\xff\xfe".to_vec()] {
            assert!(decoded(&bytes).is_err(), "{bytes:?}");
        }
    }
}
