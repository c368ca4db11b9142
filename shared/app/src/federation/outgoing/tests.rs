mod fixture;
mod notes;
mod sending;
mod telling;
mod upkeep;
