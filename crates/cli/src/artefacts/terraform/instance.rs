//! Instances of modules.

use std::rc::Rc;

use hcl_edit::structure::Block;

use super::attribute::{Thing, ThingKind};
use super::evaluator::{Evaluator, Expanded, Named, failed, unknown};
use super::expansion::Expansion;
use super::module::{Module, attribute, call_source};
use super::scope::Scope;
use crate::artefacts::node::Node;
use crate::artefacts::place::Place;

/// The most modules in each other. Deeper ones stay unread, as does a module that calls itself.
pub const MODULE_DEPTH_MAX: usize = 16;

/// One use of a module.
pub(super) struct Instance<'m> {
    pub(super) module: &'m Module,
    /// What comes before addresses in it: empty, or `module.a["b"].`.
    pub(super) address: String,
    pub(super) caller: Option<Caller<'m>>,
    pub(super) depth: usize,
}

/// The block that uses a module.
pub(super) struct Caller<'m> {
    pub(super) block: &'m Block,
    pub(super) scope: Scope<'m>,
}

impl<'m> Evaluator<'m> {
    /// The modules that a block makes.
    pub(super) fn modules_of_call(&self, instance: usize, name: &str) -> Option<Rc<Expansion>> {
        let module = self.instance(instance).module;
        let (source, block) = module.block(*module.calls.get(name)?);
        let address = format!("{}module.{name}", self.instance(instance).address);
        let scope = Scope::new(instance, source);
        self.expand((instance, Expanded::Module(name.to_owned())), block, &scope, &address, |scope, address| {
            let kind = ThingKind::Module(self.enter_module(instance, block, scope, address));
            Thing { kind, block, scope: scope.clone(), address: address.to_owned() }
        })
    }

    /// Makes an instance of a module that is called, or says why not.
    fn enter_module(&self, from: usize, block: &'m Block, scope: &Scope<'m>, address: &str) -> Result<usize, String> {
        let caller = self.instance(from);
        let source = call_source(block).ok_or("has no source that is a text")?;
        let folder = caller.module.local_folder(source);
        let folder = folder.ok_or_else(|| format!("is not read: its source \"{source}\" is not a folder beside it"))?;
        let module = self.modules.at(&folder);
        let module = module.ok_or_else(|| format!("is not read: there is no folder {}", folder.display()))?;
        if caller.depth == MODULE_DEPTH_MAX {
            return Err(format!("is not read: it is deeper than the limit of {MODULE_DEPTH_MAX}"));
        }
        let mut instances = self.instances.borrow_mut();
        instances.push(Rc::new(Instance {
            module,
            address: format!("{address}."),
            caller: Some(Caller { block, scope: scope.clone() }),
            depth: caller.depth + 1,
        }));
        Ok(instances.len() - 1)
    }

    /// An output of an instance of a module.
    pub(super) fn output(&self, instance: usize, name: &str, place: &Place, written: &str) -> Node {
        let module = self.instance(instance).module;
        let Some(at) = module.outputs.get(name) else {
            return failed(place, written, format!("is not there: the module has no output {name}"));
        };
        let (source, block) = module.block(*at);
        let scope = Scope::new(instance, source);
        self.remembered(Named::Output(instance, name.to_owned()), place, written, || match attribute(block, "value") {
            Some(value) => self.evaluate(&value.value, &scope),
            None => unknown(place, written, "has no value"),
        })
    }
}
