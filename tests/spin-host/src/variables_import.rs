//! `spin:variables@3.0.0`: a component's own variables.

use wasmtime::component::{ComponentType, Lift, Linker, Lower};

use crate::guest::Guest;
use crate::variables::check_name;

const INTERFACE: &str = "spin:variables/variables@3.0.0";

#[derive(Debug, Clone, ComponentType, Lift, Lower)]
#[component(variant)]
enum Error {
    #[component(name = "invalid-name")]
    InvalidName(String),
    #[component(name = "undefined")]
    Undefined(String),
    #[component(name = "provider")]
    Provider(String),
    #[component(name = "other")]
    Other(String),
}

/// Defines the interface.
///
/// # Errors
/// If it is defined already.
pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut interface = linker.instance(INTERFACE)?;
    interface.func_wrap_concurrent("get", |accessor, (name,): (String,)| {
        Box::pin(async move {
            if let Err(error) = check_name(&name) {
                return Ok((Err(Error::InvalidName(error.to_string())),));
            }
            let value = accessor.with(|mut store| {
                let variables = store.get().grants.variables();
                variables.get(&name).cloned()
            });
            Ok((value.ok_or(Error::Undefined(name)),))
        })
    })
}
