mod counts;
mod first_use;
mod last_use;
mod pruning;
mod reading;
mod still_knocking;
mod writing;
