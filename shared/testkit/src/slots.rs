//! Small values and counters in memory.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use ports::{PortError, SlotStore};

#[derive(Default)]
struct State {
    values: BTreeMap<String, Vec<u8>>,
    counters: BTreeMap<String, u64>,
    fails: bool,
}

/// A [`SlotStore`] that can be told to fail. Clones share it.
#[derive(Clone, Default)]
pub struct MemorySlots {
    state: Rc<RefCell<State>>,
}

impl MemorySlots {
    /// Whether everything fails from now on.
    pub fn set_failing(&self, fails: bool) {
        self.state.borrow_mut().fails = fails;
    }

    fn working(&self) -> Result<std::cell::RefMut<'_, State>, PortError> {
        let state = self.state.borrow_mut();
        if state.fails {
            return Err(PortError::unavailable("slots", "ordered to fail"));
        }
        Ok(state)
    }
}

impl SlotStore for MemorySlots {
    async fn read(&self, keys: &[String]) -> Result<HashMap<String, Vec<u8>>, PortError> {
        let state = self.working()?;
        let found = keys.iter().filter_map(|key| {
            let value = state.values.get(key)?;
            Some((key.clone(), value.clone()))
        });
        Ok(found.collect())
    }

    async fn write(&self, key: &str, value: Vec<u8>) -> Result<(), PortError> {
        self.working()?.values.insert(key.to_owned(), value);
        Ok(())
    }

    async fn next_number(&self, counter_key: &str) -> Result<u64, PortError> {
        let mut state = self.working()?;
        let counter = state.counters.entry(counter_key.to_owned()).or_default();
        *counter += 1;
        Ok(*counter)
    }

    async fn keys(&self) -> Result<Vec<String>, PortError> {
        let state = self.working()?;
        let keys = state.values.keys().chain(state.counters.keys());
        Ok(keys.cloned().collect())
    }

    async fn delete(&self, keys: &[String]) -> Result<(), PortError> {
        let mut state = self.working()?;
        for key in keys {
            state.values.remove(key);
            state.counters.remove(key);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block_on;

    #[test]
    fn keeps_the_contract() {
        block_on(contracts::slots::check(&MemorySlots::default()));
    }
}
