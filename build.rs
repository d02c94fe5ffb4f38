//! Embeds the static files, each as it is and compressed, and sees to it that a new migration is embedded too: cargo does not
//! see through the macro that does that.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=static");
    println!("cargo:rerun-if-changed=build.rs");
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("static");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut table = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(&root)?.to_str().ok_or("a file name that is not UTF-8")?.replace('\\', "/");
        let plain = fs::read(file)?;
        let brotli = smaller(&out, &name, "br", &plain, brotli(&plain)?)?;
        let gzip = smaller(&out, &name, "gz", &plain, gzip(&plain)?)?;
        let plain = format!("include_bytes!({file:?})");
        writeln!(table, "    File {{ name: {name:?}, plain: {plain}, brotli: {brotli}, gzip: {gzip} }},")?;
    }
    table.push(']');
    fs::write(out.join("static_files.rs"), table)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

/// Keeps the compressed file where it is a tenth smaller; the expression by which it is embedded.
fn smaller(out: &Path, name: &str, suffix: &str, plain: &[u8], coded: Vec<u8>) -> Result<String, Box<dyn Error>> {
    if coded.len() * 10 > plain.len() * 9 {
        return Ok("None".into());
    }
    let path = out.join(format!("{}.{suffix}", name.replace('/', "-")));
    fs::write(&path, coded)?;
    Ok(format!("Some(include_bytes!({path:?}))"))
}

fn brotli(plain: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut coded = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, size_hint: plain.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &plain[..], &mut coded, &parameters)?;
    Ok(coded)
}

fn gzip(plain: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?)
}
