//! Reads the import section of a Wasm module (WebAssembly core specification 2.0, section 5.5.5).

use std::fmt;

/// Magic number and version 1.
const PREAMBLE: [u8; 8] = *b"\0asm\x01\0\0\0";
const IMPORT_SECTION: u8 = 2;

/// One import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Module that it comes from.
    pub module: String,
    /// Name in that module.
    pub name: String,
}

/// Why a module cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// The first eight bytes are not those of a Wasm module.
    Preamble,
    /// The bytes end inside of a section or a number.
    Truncated,
    /// A number has more bits than its type.
    Number,
    /// A name is not UTF-8.
    Name,
    /// An import is of a kind that this reader does not know.
    Kind(u8),
}

impl fmt::Display for Malformed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preamble => write!(out, "not a Wasm module"),
            Self::Truncated => write!(out, "the Wasm module is truncated"),
            Self::Number => write!(out, "the Wasm module holds an oversized number"),
            Self::Name => write!(out, "the Wasm module holds a name that is not UTF-8"),
            Self::Kind(kind) => write!(out, "the Wasm module imports something of kind {kind}"),
        }
    }
}

/// Every import of the module, in order.
///
/// # Errors
/// If the module is malformed.
pub fn imports(module: &[u8]) -> Result<Vec<Import>, Malformed> {
    let mut reader = Reader {
        rest: module.strip_prefix(&PREAMBLE).ok_or(Malformed::Preamble)?,
    };
    while !reader.rest.is_empty() {
        let id = reader.byte()?;
        let size = reader.size()?;
        let content = reader.take(size)?;
        if id == IMPORT_SECTION {
            return section(Reader { rest: content });
        }
    }
    Ok(Vec::new())
}

fn section(mut reader: Reader<'_>) -> Result<Vec<Import>, Malformed> {
    let mut imports = Vec::new();
    for _ in 0..reader.number()? {
        let module = reader.name()?;
        let name = reader.name()?;
        reader.skip_description()?;
        imports.push(Import { module, name });
    }
    Ok(imports)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8, Malformed> {
        let (first, rest) = self.rest.split_first().ok_or(Malformed::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or(Malformed::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Unsigned LEB128 of at most 64 bits; 32-bit modules use at most 32 of them.
    fn number(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Malformed::Number)
    }

    fn size(&mut self) -> Result<usize, Malformed> {
        usize::try_from(self.number()?).map_err(|_| Malformed::Number)
    }

    fn name(&mut self) -> Result<String, Malformed> {
        let size = self.size()?;
        let bytes = self.take(size)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| Malformed::Name)
    }

    fn skip_description(&mut self) -> Result<(), Malformed> {
        match self.byte()? {
            // A function: its type.
            0 => self.number().map(|_| ()),
            // A table: element type, then limits.
            1 => {
                self.byte()?;
                self.skip_limits()
            }
            // A memory: limits.
            2 => self.skip_limits(),
            // A global: value type and mutability.
            3 => self.take(2).map(|_| ()),
            // A tag: attribute and type.
            4 => {
                self.byte()?;
                self.number().map(|_| ())
            }
            kind => Err(Malformed::Kind(kind)),
        }
    }

    fn skip_limits(&mut self) -> Result<(), Malformed> {
        let flags = self.byte()?;
        self.number()?;
        if flags & 1 == 1 {
            self.number()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module_with(section: &[u8]) -> Vec<u8> {
        let mut bytes = PREAMBLE.to_vec();
        bytes.push(IMPORT_SECTION);
        bytes.push(u8::try_from(section.len()).unwrap());
        bytes.extend_from_slice(section);
        bytes
    }

    #[test]
    fn reads_functions_and_memories() {
        let module = module_with(b"\x02\x03env\x01f\x00\x05\x01m\x06memory\x02\x01\x01\x80\x02");
        let names: Vec<(String, String)> = imports(&module)
            .unwrap()
            .into_iter()
            .map(|import| (import.module, import.name))
            .collect();
        assert_eq!(
            names,
            [
                ("env".to_owned(), "f".to_owned()),
                ("m".to_owned(), "memory".to_owned())
            ]
        );
    }

    #[test]
    fn a_module_without_imports_has_none() {
        assert_eq!(imports(&PREAMBLE), Ok(Vec::new()));
    }

    #[test]
    fn refuses_malformed_modules() {
        assert_eq!(imports(b"#!/bin/sh"), Err(Malformed::Preamble));
        let module = module_with(b"\x01\x03env\x01f\x00\x05");
        assert_eq!(
            imports(&module[..module.len() - 1]),
            Err(Malformed::Truncated)
        );
        assert_eq!(
            imports(&module_with(b"\x01\x01a\x01b\x09")),
            Err(Malformed::Kind(9))
        );
        assert_eq!(
            imports(&module_with(b"\x01\x01\xff\x01b\x00\x00")),
            Err(Malformed::Name)
        );
    }
}
