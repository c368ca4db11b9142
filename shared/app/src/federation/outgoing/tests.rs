mod fixture;
mod late;
mod notes;
mod sending;
mod telling;
mod upkeep;
mod watching;
