//! The built page's files: within this program, or in a folder.

use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// What a folder with a page has.
const INDEX: &str = "index.html";

/// Where the page lies that `npm run build` makes, from the root of the source tree.
const BUILT: &str = "www/dist";

/// The page as it was when this program was built, if it was there. A program built for development
/// looks at the files themselves.
#[derive(RustEmbed)]
#[folder = "../www/dist"]
#[allow_missing = true]
struct Embedded;

/// A built page.
#[derive(Debug, Clone, PartialEq)]
pub enum Page {
    /// Within this program.
    Embedded,
    /// In a folder.
    Folder(PathBuf),
}

impl Page {
    /// The page in this folder, if there is one.
    pub fn in_folder(folder: &Path) -> Option<Page> {
        let folder = fs::canonicalize(folder).ok()?;
        folder.join(INDEX).is_file().then_some(Page::Folder(folder))
    }

    /// The page within this program, else the one that was built in its source tree, else the one
    /// built in the working directory.
    pub fn somewhere() -> Option<Page> {
        let within = Embedded::get(INDEX).map(|_| Page::Embedded);
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(BUILT);
        within.or_else(|| Page::in_folder(&source)).or_else(|| Page::in_folder(Path::new(BUILT)))
    }

    /// What a file of the page holds; `path` has no slash at its beginning.
    pub fn file(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        if !is_plain(path) {
            return None;
        }
        match self {
            Page::Embedded => Embedded::get(path).map(|file| file.data),
            Page::Folder(folder) => {
                let file = fs::canonicalize(folder.join(path)).ok()?;
                // A link may lead out of the folder.
                (file.starts_with(folder) && file.is_file()).then(|| fs::read(file).ok().map(Cow::Owned))?
            }
        }
    }
}

/// Whether a path goes down only, on any system.
fn is_plain(path: &str) -> bool {
    let goes_down = |component| matches!(component, Component::Normal(_));
    !path.contains(['\\', ':', '\0']) && Path::new(path).components().all(goes_down)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with a page in it and a secret beside it, removed at the end.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Scratch {
            let outer = std::env::temp_dir().join(format!("freerun-{}-{name}", std::process::id()));
            fs::create_dir_all(outer.join("dist/assets")).unwrap();
            fs::write(outer.join("dist").join(INDEX), "page").unwrap();
            fs::write(outer.join("dist/assets/a.js"), "code").unwrap();
            fs::write(outer.join("secret"), "secret").unwrap();
            Scratch(outer)
        }

        fn page(&self) -> Page {
            Page::in_folder(&self.0.join("dist")).unwrap()
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn text(page: &Page, path: &str) -> Option<String> {
        page.file(path).map(|bytes| String::from_utf8(bytes.into_owned()).unwrap())
    }

    #[test]
    fn only_files_below_the_folder_are_given() {
        let scratch = Scratch::new("below");
        let page = scratch.page();
        assert_eq!(text(&page, "index.html").as_deref(), Some("page"));
        assert_eq!(text(&page, "assets/a.js").as_deref(), Some("code"));
        let absolute = scratch.0.join("secret");
        let absolute = absolute.to_str().unwrap();
        for path in ["../secret", "assets/../../secret", "..\\secret", absolute, "", "assets", "none"] {
            assert_eq!(text(&page, path), None, "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_is_not_followed() {
        let scratch = Scratch::new("link");
        let folder = scratch.0.join("dist");
        std::os::unix::fs::symlink(scratch.0.join("secret"), folder.join("out")).unwrap();
        std::os::unix::fs::symlink(folder.join(INDEX), folder.join("inside")).unwrap();
        assert_eq!(text(&scratch.page(), "out"), None);
        assert_eq!(text(&scratch.page(), "inside").as_deref(), Some("page"));
    }

    #[test]
    fn a_folder_without_a_page_is_none() {
        let scratch = Scratch::new("none");
        assert_eq!(Page::in_folder(&scratch.0), None);
        assert_eq!(Page::in_folder(&scratch.0.join("nowhere")), None);
    }

    #[test]
    fn paths_within_the_program_are_checked_alike() {
        for path in ["../src/main.rs", "../../Cargo.toml", "/etc/passwd", "a/../../b", "c:/x"] {
            assert_eq!(Page::Embedded.file(path), None, "{path}");
        }
    }
}
