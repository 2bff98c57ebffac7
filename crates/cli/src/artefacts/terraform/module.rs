//! Modules: folders of files, taken apart into what can be referred to.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Attribute, Block, Body, Structure};

use crate::artefacts::error::ReadError;
use crate::artefacts::files::entries;
use crate::artefacts::place::Place;
use crate::artefacts::source::{HCL_BYTES_MAX, Source};

/// The most folders that are read as modules.
const MODULES_MAX: usize = 500;

/// All modules that can be reached from the root through local folders.
pub(super) struct Modules {
    root: PathBuf,
    by_folder: BTreeMap<PathBuf, Module>,
}

/// One module.
#[derive(Default)]
pub(super) struct Module {
    pub(super) folder: PathBuf,
    files: Vec<File>,
    pub(super) variables: BTreeMap<String, At>,
    pub(super) outputs: BTreeMap<String, At>,
    pub(super) calls: BTreeMap<String, At>,
    /// Resources and data sources by kind, type and name.
    pub(super) resources: BTreeMap<(Kind, String, String), At>,
    pub(super) providers: Vec<At>,
    locals: BTreeMap<String, (At, usize)>,
}

/// What a block of a type and a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// Terraform makes it.
    Resource,
    /// Terraform asks for it.
    Data,
}

struct File {
    source: Source,
    body: Body,
}

/// A block of a module: its file, and its number in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    file: usize,
    item: usize,
}

impl Modules {
    /// Loads a folder, and the folders that it calls.
    pub(super) fn of_folder(folder: &Path) -> Result<Self, ReadError> {
        let mut modules = Self { root: normal(folder), by_folder: BTreeMap::new() };
        let mut wanted = vec![folder.to_owned()];
        while let Some(folder) = wanted.pop() {
            if modules.by_folder.contains_key(&normal(&folder)) {
                continue;
            }
            if modules.by_folder.len() == MODULES_MAX {
                return Err(ReadError::file(&folder, format!("is beyond the limit of {MODULES_MAX} modules")));
            }
            let module = Module::load(&folder)?;
            wanted.extend(module.local_calls().filter(|called| called.is_dir()));
            modules.by_folder.insert(normal(&folder), module);
        }
        Ok(modules)
    }

    /// A module of one file, without a folder.
    pub(super) fn of_text(source: Source) -> Result<Self, ReadError> {
        let mut module = Module::default();
        module.add(source)?;
        let root = PathBuf::new();
        Ok(Self { by_folder: BTreeMap::from([(root.clone(), module)]), root })
    }

    pub(super) fn root(&self) -> &Module {
        &self.by_folder[&self.root]
    }

    pub(super) fn at(&self, folder: &Path) -> Option<&Module> {
        self.by_folder.get(&normal(folder))
    }
}

impl Module {
    fn load(folder: &Path) -> Result<Self, ReadError> {
        let mut module = Self { folder: folder.to_owned(), ..Self::default() };
        for file in entries(folder, Path::is_file)? {
            let name = file.to_string_lossy();
            if name.ends_with(".tf.json") {
                return Err(ReadError::file(&file, "is Terraform in JSON, which is not read: expected HCL (*.tf)"));
            }
            if name.ends_with("override.tf") {
                return Err(ReadError::file(&file, "overrides other files, which is not read"));
            }
            if name.ends_with(".tf") {
                module.add(Source::read(&file)?)?;
            }
        }
        Ok(module)
    }

    fn add(&mut self, source: Source) -> Result<(), ReadError> {
        let body = parse(&source)?;
        let file = self.files.len();
        for (item, structure) in body.iter().enumerate() {
            let Structure::Block(block) = structure else {
                continue;
            };
            let at = At { file, item };
            let labels: Vec<_> = block.labels.iter().map(|label| label.as_str().to_owned()).collect();
            let known = match (block.ident.as_str(), labels.as_slice()) {
                ("variable", [name]) => self.variables.insert(name.clone(), at),
                ("output", [name]) => self.outputs.insert(name.clone(), at),
                ("module", [name]) => self.calls.insert(name.clone(), at),
                ("resource", [of_type, name]) => {
                    self.resources.insert((Kind::Resource, of_type.clone(), name.clone()), at)
                }
                ("data", [of_type, name]) => self.resources.insert((Kind::Data, of_type.clone(), name.clone()), at),
                ("provider", [_]) => {
                    self.providers.push(at);
                    None
                }
                ("locals", []) => self.add_locals(block, at),
                _ => None,
            };
            if known.is_some() {
                let place = source.place(block.ident.span().map_or(0, |span| span.start));
                let message = format!("{} {} is declared twice", block.ident.as_str(), labels.join("."));
                return Err(ReadError::at(&place, message));
            }
        }
        self.files.push(File { source, body });
        Ok(())
    }

    fn add_locals(&mut self, block: &Block, at: At) -> Option<At> {
        let mut known = None;
        for (index, attribute) in block.body.attributes().enumerate() {
            known = self.locals.insert(attribute.key.as_str().to_owned(), (at, index)).map(|(at, _)| at).or(known);
        }
        known
    }

    pub(super) fn block(&self, at: At) -> (&Source, &Block) {
        let file = &self.files[at.file];
        let block = file.body.get(at.item).and_then(Structure::as_block).expect("an index of a block");
        (&file.source, block)
    }

    pub(super) fn local(&self, name: &str) -> Option<(&Source, &Expression)> {
        let (at, index) = *self.locals.get(name)?;
        let (source, block) = self.block(at);
        let attribute = block.body.attributes().nth(index)?;
        Some((source, &attribute.value))
    }

    /// Resources in the order of the files.
    pub(super) fn resources_in_order(&self) -> Vec<(At, &str, &str)> {
        let of_kind = self.resources.iter().filter(|((kind, ..), _)| *kind == Kind::Resource);
        let mut order: Vec<_> =
            of_kind.map(|((_, of_type, name), at)| (*at, of_type.as_str(), name.as_str())).collect();
        order.sort();
        order
    }

    /// The folders of modules that are called by a path.
    fn local_calls(&self) -> impl Iterator<Item = PathBuf> {
        let sources = self.calls.values().filter_map(|at| call_source(self.block(*at).1));
        sources.filter_map(|source| self.local_folder(source))
    }

    /// The folder that a source names, if it names one.
    pub(super) fn local_folder(&self, source: &str) -> Option<PathBuf> {
        let is_local =
            ["./", "../", "/"].iter().any(|begin| source.starts_with(begin)) || [".", ".."].contains(&source);
        is_local.then(|| normal(&self.folder.join(source)))
    }
}

/// The source of a module that is called, if it is written as a text.
pub(super) fn call_source(block: &Block) -> Option<&str> {
    block.body.get_attribute("source")?.value.as_str()
}

/// An attribute of a block.
pub(super) fn attribute<'m>(block: &'m Block, name: &str) -> Option<&'m Attribute> {
    block.body.get_attribute(name)
}

/// Parses a file.
pub(super) fn parse(source: &Source) -> Result<Body, ReadError> {
    source.check_length(HCL_BYTES_MAX)?;
    source.text.parse().map_err(|error: hcl_edit::parser::Error| {
        let place: Place = source.place(error.location().offset());
        ReadError::at(&place, format!("not HCL: {}", error.message()))
    })
}

/// A path without `.` and, as far as that can be said from its text, without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match (component, normal.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(normal.pop()),
            (component, _) => normal.push(component),
        }
    }
    normal
}
