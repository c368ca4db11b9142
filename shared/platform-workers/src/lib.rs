//! platform-workers
