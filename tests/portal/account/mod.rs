mod password;
mod sessions;
