//! What every host's ports must do, whatever is behind them. The same checks run on the ports in memory, on an
//! S3 server, within a component on Spin's interfaces (`tests/spin-contracts`) and within a Worker on workerd's
//! (`tests/workers-contracts`). A check panics with what is wrong.

pub mod database;
pub mod key_value;
pub mod objects;
pub mod slots;
