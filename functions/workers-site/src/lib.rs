//! workers-site
